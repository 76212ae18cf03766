import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { nameOf } from '../error-name.js';

/**
 * Compares the code of each function with the zip that it was made from: the bucket between them is the one place where
 * somebody could put another. `CodeSha256` is base64 of the zip's SHA-256 (aws-facts 12). A function that the stack does not have
 * (without feeds) runs no code.
 * @returns names of functions whose code is another
 */
export async function foreignCode(
  client: LambdaClient,
  options: {
    readonly stackName: string;
    readonly folder: string;
    /** File names such as `hour-143f59ce02228fb6.zip`: function, dash, hash. */
    readonly zips: readonly string[];
  },
): Promise<string[]> {
  const foreign: string[] = [];
  for (const zip of options.zips) {
    const name = `${options.stackName}-${zip.replace(/-[0-9a-f]+\.zip$/, '')}`;
    const expected = createHash('sha256')
      .update(await readFile(join(options.folder, zip)))
      .digest('base64');
    const running = await codeOf(client, name);
    if (running !== null && running !== expected) foreign.push(name);
  }
  return foreign;
}

/** Null for a function that is not there. */
async function codeOf(client: LambdaClient, name: string): Promise<string | undefined | null> {
  try {
    return (await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }))).CodeSha256;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return null;
    throw error;
  }
}
