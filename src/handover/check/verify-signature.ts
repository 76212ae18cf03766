import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { keyFingerprint } from '../pack/key.js';
import { PACK_FILE } from '../pack/pack-document.js';

/** What the signature of a pack says. */
export interface CheckedSignature {
  /** Fingerprint of the key that it holds with; null when it holds with none, or there is none. */
  readonly fingerprint: string | null;
  readonly isSigned: boolean;
  readonly faults: readonly string[];
}

/**
 * Checks the signature of a pack with a key that was got elsewhere, or, where there is none, with the enclosed one: then it says only
 * that whoever holds that key signed.
 */
export function verifySignature(
  files: { readonly signed: Uint8Array | null; readonly signature: Uint8Array | null; readonly key: Uint8Array | null },
  givenKey: string | null,
): CheckedSignature {
  const { signed, signature, key } = files;
  const enclosed = key && Buffer.from(key).toString('utf8');
  if (signature === null) {
    const faults =
      givenKey === null && enclosed === null
        ? []
        : [`${PACK_FILE.signature} is not there: the signature was taken out`];
    return { fingerprint: null, isSigned: false, faults };
  }
  const faults: string[] = [];
  const pem = givenKey ?? enclosed;
  if (enclosed === null) faults.push(`${PACK_FILE.key} is not there`);
  else if (givenKey !== null && printOf(enclosed) !== printOf(givenKey))
    faults.push(
      `${PACK_FILE.key}: the enclosed key (${printOf(enclosed) ?? 'damaged'}) is not the one given (${printOf(givenKey) ?? 'no public key'})`,
    );
  const holds = pem !== null && signed !== null && isSignedBy(pem, signed, signature);
  if (!holds)
    faults.push(
      `the signature (${PACK_FILE.signature}) of ${PACK_FILE.signed} does not hold with the ${givenKey === null ? 'enclosed' : 'given'} key: the list of files was changed, or somebody else signed it`,
    );
  return { fingerprint: holds ? printOf(pem) : null, isSigned: true, faults };
}

function isSignedBy(pem: string, signed: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKeyOf(pem);
  if (key === null) return false;
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, signature);
  } catch {
    return false; // No signature of this kind of key at all.
  }
}

function printOf(pem: string): string | null {
  return publicKeyOf(pem) === null ? null : keyFingerprint(pem);
}

/** A private key is none that may be handed around: it is not taken for a public one. */
function publicKeyOf(pem: string): KeyObject | null {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

/** Compares the list of hashes with what was signed, and each file with the list. */
export async function verifySums(pack: {
  readonly paths: readonly string[];
  readonly bytesOf: (path: string) => Promise<Uint8Array | null>;
  readonly hashOf: (path: string) => Promise<string>;
}): Promise<string[]> {
  const { paths, bytesOf, hashOf } = pack;
  const faults: string[] = [];
  const [list, signed] = [await bytesOf(PACK_FILE.sums), await bytesOf(PACK_FILE.signed)];
  for (const [name, found] of [
    [PACK_FILE.sums, list],
    [PACK_FILE.signed, signed],
  ] as const)
    if (found === null) faults.push(`${name} is not there`);
  if (list === null || signed === null) return faults;
  const sum = createHash('sha256').update(list).digest('hex');
  if (Buffer.from(signed).toString('utf8') !== `${sum}  ${PACK_FILE.sums}\n`)
    faults.push(`${PACK_FILE.sums} is not the list that was signed: its sha256 is ${sum}`);
  const listed = new Map<string, string>();
  for (const line of Buffer.from(list).toString('utf8').split('\n').slice(0, -1)) {
    const [, sha256, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined)
      faults.push(`${PACK_FILE.sums}: ${JSON.stringify(line.slice(0, 100))} is no line of a hash`);
    else listed.set(path, sha256);
  }
  for (const [path, sha256] of listed) {
    if (!paths.includes(path)) faults.push(`${path} is in the list and not in the pack: it was taken out`);
    else if ((await hashOf(path)) !== sha256) faults.push(`${path} was changed: its sha256 is not the one in the list`);
  }
  for (const path of paths)
    if (!listed.has(path) && !UNLISTED.has(path))
      faults.push(`${path} is in the pack and not in the list: it was added`);
  return faults;
}

const UNLISTED: ReadonlySet<string> = new Set([PACK_FILE.sums, PACK_FILE.signed, PACK_FILE.signature, PACK_FILE.key]);
