import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SignatureKind, Signer } from '../ports/signer.js';
import { type AwsOptions, awsConfig } from './aws-config.js';
import { UsageError } from './usage-error.js';

/**
 * Opens what signs packs: a key file, or a key of AWS KMS (`arn:aws:kms:…`, `alias/…`, `kms:<key id>`).
 * @throws UsageError for a file that holds no private key; KeyError for a KMS key that cannot sign
 */
export async function openSigner(key: string, aws: AwsOptions): Promise<Signer> {
  if (!/^(?:arn:[\w-]+:kms:|alias\/|kms:)/.test(key)) return fileSigner(key);
  const [{ KMSClient }, { openKmsSigner }] = await Promise.all([
    import('@aws-sdk/client-kms'),
    import('../sources/aws/kms-signer.js'),
  ]);
  // A key in another Region than the caller's is asked there.
  const region = /^arn:[\w-]+:kms:([\w-]+):/.exec(key)?.[1] ?? aws.region;
  const client = new KMSClient(awsConfig('KMS', { ...aws, region }));
  return openKmsSigner(client, key.replace(/^kms:/, ''));
}

async function fileSigner(file: string): Promise<Signer> {
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--key ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const key = privateKeyOf(pem, file);
  const kind = KINDS[key.asymmetricKeyType ?? ''];
  if (kind === undefined)
    throw new UsageError(
      `--key ${file}: a key of type ${key.asymmetricKeyType} does not sign packs; aqt evidence keygen makes one that does`,
    );
  return {
    kind,
    publicKey: String(createPublicKey(key).export({ type: 'spki', format: 'pem' })),
    sign: async (bytes) => sign(kind === 'ed25519' ? null : 'sha256', bytes, key),
  };
}

const KINDS: Readonly<Record<string, SignatureKind>> = { ed25519: 'ed25519', ec: 'ecdsa-sha256', rsa: 'rsa-sha256' };

function privateKeyOf(pem: string, file: string) {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const reason = /BEGIN PUBLIC KEY/.test(pem)
      ? 'this is a public key: signing needs the private one'
      : /ENCRYPTED/.test(pem)
        ? 'this key is protected by a password: openssl pkey -in it -out another writes one without'
        : 'this is no private key in PEM form';
    throw new UsageError(`--key ${file}: ${reason}; aqt evidence keygen makes one`, { cause });
  }
}
