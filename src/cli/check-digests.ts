import type { Window } from '../calendar/window.js';
import type { DigestVerdict } from '../sources/validate-digests.js';
import { awsConfig, hasCredentials } from './aws-config.js';
import type { Io } from './io.js';
import { openTrailBucket } from './open-sources.js';

/** Validates the digest files of a trail for some days; without credentials the signatures cannot be checked, all else can. */
export async function checkDigests(
  options: { readonly trail: string; readonly profile?: string; readonly window: Window },
  io: Io,
): Promise<DigestVerdict> {
  const { trail, window } = options;
  const aws = { env: io.env, ...(options.profile ? { profile: options.profile } : {}) };
  const { validateDigests } = await import('../sources/validate-digests.js');
  const publicKeys = hasCredentials(aws) ? await openPublicKeys(aws) : null;
  return validateDigests({ ...(await openTrailBucket(trail, aws)), publicKeys, window, signal: io.signal });
}

/** CloudTrail signs with a key of each Region: it is asked there, once for each hour of a digest. */
async function openPublicKeys(aws: Parameters<typeof hasCredentials>[0]) {
  const { CloudTrailClient, ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const clients = new Map<string, InstanceType<typeof CloudTrailClient>>();
  const known = new Map<string, Map<string, Uint8Array>>();
  return async (region: string, { from, to }: { readonly from: number; readonly to: number }) => {
    const client = clients.get(region) ?? new CloudTrailClient(awsConfig('CLOUDTRAIL', { ...aws, region }));
    clients.set(region, client);
    const name = `${region} ${from}`;
    const keys = known.get(name) ?? new Map<string, Uint8Array>();
    if (!known.has(name)) {
      const span = { StartTime: new Date(from), EndTime: new Date(to) };
      const { PublicKeyList } = await client.send(new ListPublicKeysCommand(span));
      for (const { Fingerprint, Value } of PublicKeyList ?? []) if (Fingerprint && Value) keys.set(Fingerprint, Value);
      known.set(name, keys);
    }
    return keys;
  };
}
