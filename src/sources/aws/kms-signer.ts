import { createPublicKey } from 'node:crypto';
import type { KMSClient, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import type { SignatureKind, Signer } from '../../ports/signer.js';

/** A key of AWS KMS that cannot sign, or not as packs are signed. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/**
 * How each algorithm of KMS is used, the best first: OpenSSL checks all of these. RAW messages have at most 4,096 bytes
 * (KMS API reference, Sign).
 */
const KINDS: readonly (readonly [SigningAlgorithmSpec, SignatureKind])[] = [
  ['ED25519_SHA_512', 'ed25519'],
  ['ECDSA_SHA_256', 'ecdsa-sha256'],
  ['RSASSA_PKCS1_V1_5_SHA_256', 'rsa-sha256'],
];

/**
 * Opens an asymmetric key of AWS KMS that signs. `keyId` is its id, ARN or alias. Needs `kms:GetPublicKey` and `kms:Sign`.
 * @throws KeyError for a key that encrypts, or that knows none of the algorithms above
 */
export async function openKmsSigner(client: KMSClient, keyId: string): Promise<Signer> {
  const { GetPublicKeyCommand, SignCommand } = await import('@aws-sdk/client-kms');
  const found = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  const chosen = KINDS.find(([algorithm]) => found.SigningAlgorithms?.includes(algorithm));
  if (!chosen || !found.PublicKey)
    throw new KeyError(
      `${keyId}: this key of usage ${found.KeyUsage ?? 'unknown'} (${found.KeySpec ?? 'unknown'}) cannot sign a pack: use an asymmetric key of usage SIGN_VERIFY and spec ECC_NIST_EDWARDS25519, ECC_NIST_P256 or RSA_2048 to RSA_4096`,
    );
  const [algorithm, kind] = chosen;
  const key = createPublicKey({ key: Buffer.from(found.PublicKey), format: 'der', type: 'spki' });
  return {
    kind,
    publicKey: String(key.export({ type: 'spki', format: 'pem' })),
    async sign(bytes) {
      const { Signature } = await client.send(
        new SignCommand({
          KeyId: found.KeyId ?? keyId,
          Message: bytes,
          MessageType: 'RAW',
          SigningAlgorithm: algorithm,
        }),
      );
      if (!Signature) throw new Error(`${keyId}: KMS answered without a signature`);
      return Signature;
    },
  };
}
