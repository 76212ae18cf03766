import { createHash, createPublicKey } from 'node:crypto';
import type { SignatureKind } from '../../ports/signer.js';
import { PACK_FILE } from './pack-document.js';

/** sha256 of a public key (SPKI, DER), in hex: what is published elsewhere to know it by. */
export function keyFingerprint(publicKey: string): string {
  return createHash('sha256')
    .update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** The command with which OpenSSL checks a signature of this kind. */
export function opensslCommand(kind: SignatureKind): string {
  const { key, signature, signed } = PACK_FILE;
  return kind === 'ed25519'
    ? `openssl pkeyutl -verify -pubin -inkey ${key} -rawin -in ${signed} -sigfile ${signature}`
    : `openssl dgst -sha256 -verify ${key} -signature ${signature} ${signed}`;
}
