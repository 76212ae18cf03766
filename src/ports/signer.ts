/** How a signature was made: with these names OpenSSL knows how to check it. */
export type SignatureKind = 'ed25519' | 'ecdsa-sha256' | 'rsa-sha256';

/** Signs with a private key that it keeps to itself. */
export interface Signer {
  readonly kind: SignatureKind;
  /** PEM (SPKI) of the public key. */
  readonly publicKey: string;
  /** Signs at most 4,096 bytes: more than that a key management service does not take. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
