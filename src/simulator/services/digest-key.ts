import { checkPrimeSync, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createRandom, type Random } from '../wire/random.js';

/** A key with which CloudTrail signs the digests of a Region while it is valid (aws-facts 4.2). */
export interface DigestKey {
  readonly privateKey: KeyObject;
  /** DER, PKCS#1: what `ListPublicKeys` answers. */
  readonly publicKey: Buffer;
  /** MD5 of the public key, hexadecimal. */
  readonly fingerprint: string;
  /** Epoch milliseconds; a new key every 30 days. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** The key that signs at an instant. The same seed gives the same key, so signatures are the same in every run. */
export function digestKeyOf(seed: number, { region, at }: { readonly region: string; readonly at: number }): DigestKey {
  const period = Math.floor(at / LIFE_MS);
  const name = `${seed}/${region}/${period}`;
  const key = made.get(name) ?? makeKey(createRandom(seed, 'digest-key', region, period), period * LIFE_MS);
  made.set(name, key);
  return key;
}

/** The keys that were valid at some time from `from` to `to`, both inclusive. */
export function digestKeysOf(
  seed: number,
  { region, from, to }: { readonly region: string; readonly from: number; readonly to: number },
): DigestKey[] {
  const keys: DigestKey[] = [];
  for (let at = Math.floor(from / LIFE_MS) * LIFE_MS; at <= to; at += LIFE_MS)
    keys.push(digestKeyOf(seed, { region, at }));
  return keys;
}

const LIFE_MS = 30 * 86_400_000;
/** Finding primes takes a tenth of a second. */
const made = new Map<string, DigestKey>();

function makeKey(random: Random, validFrom: number): DigestKey {
  while (true) {
    const p = primeOf(random);
    const q = primeOf(random);
    const order = (p - 1n) * (q - 1n);
    const d = p === q ? null : inverse(EXPONENT, order);
    const qi = d === null ? null : inverse(q, p);
    if (d === null || qi === null) continue;
    const jwk = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
    const encoded = Object.fromEntries(Object.entries(jwk).map(([name, value]) => [name, base64Of(value)]));
    const privateKey = createPrivateKey({ key: { kty: 'RSA', ...encoded }, format: 'jwk' });
    const publicKey = createPublicKey(privateKey).export({ type: 'pkcs1', format: 'der' });
    const fingerprint = createHash('md5').update(publicKey).digest('hex');
    return { privateKey, publicKey, fingerprint, validFrom, validTo: validFrom + LIFE_MS - 1000 };
  }
}

const EXPONENT = 65_537n;
const PRIME_HEX_DIGITS = 256;

function primeOf(random: Random): bigint {
  // The two highest bits are set so that the product has full length; odd numbers only.
  let candidate = BigInt(`0x${random.hex(PRIME_HEX_DIGITS)}`) | (3n << BigInt(PRIME_HEX_DIGITS * 4 - 2)) | 1n;
  while (!checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** Multiplicative inverse by Euclid's algorithm; null when there is none. */
function inverse(value: bigint, modulus: bigint): bigint | null {
  let [old, rest] = [value % modulus, modulus];
  let [factor, next] = [1n, 0n];
  while (rest !== 0n) {
    const quotient = old / rest;
    [old, rest] = [rest, old - quotient * rest];
    [factor, next] = [next, factor - quotient * next];
  }
  return old === 1n ? ((factor % modulus) + modulus) % modulus : null;
}

function base64Of(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
