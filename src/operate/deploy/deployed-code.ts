import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Compares the code of each function with the zip that it was made from: the bucket between them is the one place where
 * somebody could put another. `CodeSha256` is base64 of the zip's SHA-256 (aws-facts 12).
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
    const { CodeSha256 } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    if (CodeSha256 !== expected) foreign.push(name);
  }
  return foreign;
}
