import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSigner } from '../../src/compose/open-signer.js';
import { opensslCommand } from '../../src/handover/pack/key.js';

/** What a key of KMS is and can do (KMS API reference, GetPublicKey). */
interface KmsKey {
  readonly spec: string;
  readonly usage: 'SIGN_VERIFY' | 'ENCRYPT_DECRYPT';
  readonly algorithms: readonly string[];
  readonly pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const KEYS: Readonly<Record<string, KmsKey>> = {
  'alias/ed25519': {
    ...{ spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY', algorithms: ['ED25519_PH_SHA_512', 'ED25519_SHA_512'] },
    pair: generateKeyPairSync('ed25519'),
  },
  'alias/p256': {
    ...{ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', algorithms: ['ECDSA_SHA_256'] },
    pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  },
  'alias/rsa': {
    ...{ spec: 'RSA_2048', usage: 'SIGN_VERIFY', algorithms: ['RSASSA_PSS_SHA_256', 'RSASSA_PKCS1_V1_5_SHA_256'] },
    pair: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  },
  'alias/encrypts': {
    ...{ spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT', algorithms: [] },
    pair: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  },
};

const asked: { readonly action: string; readonly MessageType?: string; readonly bytes?: number }[] = [];
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const action = String(request.headers['x-amz-target']).replace('TrentService.', '');
    const body = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, string>;
    const key = KEYS[body.KeyId?.replace(/^.*:(?=alias\/)/, '') ?? ''];
    const message = Buffer.from(body.Message ?? '', 'base64');
    asked.push({ action, ...(body.MessageType ? { MessageType: body.MessageType, bytes: message.length } : {}) });
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (!key) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: 'NotFoundException', message: 'Alias is not found.' }));
      return;
    }
    const answer =
      action === 'GetPublicKey'
        ? {
            ...{ KeyId: body.KeyId, KeySpec: key.spec, KeyUsage: key.usage, SigningAlgorithms: key.algorithms },
            PublicKey: key.pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
          }
        : {
            Signature: sign(
              key.pair.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256',
              message,
              key.pair.privateKey,
            ).toString('base64'),
          };
    response.end(JSON.stringify(answer));
  });
});

const started = new Promise<string>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
const folder = mkdtempSync(join(tmpdir(), 'aqt-kms-'));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = async () => ({
  env: {
    ...{ AWS_ENDPOINT_URL_KMS: await started, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
  },
});

describe('a key of AWS KMS', () => {
  it.each(['alias/ed25519', 'alias/p256', 'alias/rsa'])('%s signs what openssl checks', async (key) => {
    const signer = await openSigner(key, await environment());
    const signed = Buffer.from(`${'0'.repeat(64)}  SHA256SUMS\n`);
    writeFileSync(join(folder, 'SIGNED'), signed);
    writeFileSync(join(folder, 'SIGNED.sig'), await signer.sign(signed));
    writeFileSync(join(folder, 'key.pem'), signer.publicKey);
    const [program = '', ...args] = opensslCommand(signer.kind).split(' ');
    expect(execFileSync(program, args, { cwd: folder, encoding: 'utf8' })).toMatch(/Verified (Successfully|OK)/);
    expect(asked.at(-1)).toEqual({ action: 'Sign', MessageType: 'RAW', bytes: signed.length });
    writeFileSync(join(folder, 'SIGNED'), 'another');
    expect(() => execFileSync(program, args, { cwd: folder, stdio: 'pipe' })).toThrow();
  });

  it('is asked in its own Region, by its ARN', async () => {
    const signer = await openSigner('arn:aws:kms:eu-central-1:111122223333:alias/p256', await environment());
    expect(signer.kind).toBe('ecdsa-sha256');
  });

  it('is refused when it encrypts, and told when it is not there', async () => {
    await expect(openSigner('alias/encrypts', await environment())).rejects.toThrow(
      'this key of usage ENCRYPT_DECRYPT (RSA_2048) cannot sign a pack: use an asymmetric key',
    );
    await expect(openSigner('kms:none', await environment())).rejects.toThrow('Alias is not found.');
  });
});
