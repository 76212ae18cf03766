import { checkPrimeSync, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createRandom, type Random } from './random.js';

/** The key with which CloudTrail signs the digests of a Region (fact sheet 4.2). */
export interface DigestKey {
  readonly privateKey: KeyObject;
  /** DER, PKCS#1: what `ListPublicKeys` answers. */
  readonly publicKey: Buffer;
  /** MD5 of the public key, hexadecimal. */
  readonly fingerprint: string;
}

/** Makes an RSA key from a seed, so that signatures are the same in every run. */
export function digestKeyOf(seed: number, region: string): DigestKey {
  const random = createRandom(seed, 'digest-key', region);
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
    return { privateKey, publicKey, fingerprint: createHash('md5').update(publicKey).digest('hex') };
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
