import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import { keyFingerprint } from '../../handover/pack/key.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { addKeygen } from './commands-handover.js';

export type KeygenArguments = OptionsOf<typeof addKeygen>;

/**
 * `aqt evidence keygen`: makes an Ed25519 key for signing packs.
 * @throws UsageError where one of the files is there already: a key that is gone cannot be made again
 */
export async function runKeygen({ file }: KeygenArguments, io: Io): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const publicFile = `${file.replace(/\.pem$/, '')}.pub.pem`;
  // The public key first: it is nothing without the other.
  await writeNew(publicFile, pem, 0o644);
  await writeNew(file, String(privateKey.export({ type: 'pkcs8', format: 'pem' })), 0o600);
  io.stdout(
    `${file}: the private key. Keep it where only those who sign can read it.\n${publicFile}: the public key. Give it to whoever checks packs.\nIts fingerprint: ${keyFingerprint(pem)}\nPublish the fingerprint where your auditor finds it: a key that lies in a pack proves nothing by itself.\n`,
  );
  return EXIT.done;
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { mode, flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} is there already: name another with --file`);
    throw error;
  }
}
