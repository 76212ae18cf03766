import type { Window } from '../../calendar/window.js';
import { type AwsOptions, awsConfig, hasCredentials } from '../../compose/aws-config.js';
import { openTrailBucket } from '../../compose/open-trail.js';
import {
  CredentialsExpired,
  isAccessDenied,
  isExpiredCredentials,
  PermissionDenied,
} from '../../sources/aws/aws-failure.js';
import type { AskedKey, CheckedDigests } from '../../sources/trail/validate-digests.js';
import type { Io } from '../terminal/io.js';

/** Validates the digest files of a trail for some days; without credentials the signatures cannot be checked, all else can. */
export async function checkDigests(
  options: { readonly trail: string; readonly profile?: string | undefined; readonly window: Window },
  io: Io,
): Promise<CheckedDigests> {
  const { trail, window, profile } = options;
  const aws = { env: io.env, profile };
  const { validateDigests } = await import('../../sources/trail/validate-digests.js');
  const publicKey = hasCredentials(aws) ? await openPublicKeys(aws, io.signal) : null;
  const place = await openTrailBucket(trail, aws);
  return validateDigests({ ...place, publicKey, window, now: io.clock.now(), signal: io.signal });
}

/** Says what was found, and in one line what was proven and what was not. */
export function digestTexts({ counts, findings }: CheckedDigests): string[] {
  const { digests, digestsSigned, digestsUnsigned, logFilesProven, logFilesUnproven } = counts;
  const why = digestsSigned === 0 ? 'no AWS credentials to ask for the public keys' : 'a copy keeps no signatures';
  const unsigned = digestsUnsigned === 0 ? '' : `, ${digestsUnsigned} could not be checked (${why})`;
  const unproven = logFilesUnproven === 0 ? '' : `, ${logFilesUnproven} not`;
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} findings`;
  return [
    ...findings.slice(0, FINDINGS_SHOWN).map((finding) => `digest: ${finding}`),
    ...(findings.length > FINDINGS_SHOWN
      ? [`digest: … and ${findings.length - FINDINGS_SHOWN} more (see --json)`]
      : []),
    `digests: ${digests} read, ${digestsSigned} signatures right${unsigned}; ${logFilesProven} log files proven${unproven}; ${found}`,
  ];
}

const FINDINGS_SHOWN = 50;

/** CloudTrail signs with keys of each Region: they are asked for there, and kept. */
async function openPublicKeys(aws: AwsOptions, signal: AbortSignal) {
  const { CloudTrailClient, ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const clients = new Map<string, InstanceType<typeof CloudTrailClient>>();
  const known = new Map<string, Uint8Array>();
  return async ({ region, fingerprint, from, to }: AskedKey) => {
    const name = (print: string) => `${region} ${print}`;
    const found = known.get(name(fingerprint));
    if (found) return found;
    const client =
      clients.get(region) ?? new CloudTrailClient({ ...awsConfig('CLOUDTRAIL', { ...aws, region }), maxAttempts: 5 });
    clients.set(region, client);
    let token: string | undefined;
    do {
      const span = { StartTime: new Date(from), EndTime: new Date(to), ...(token ? { NextToken: token } : {}) };
      const page = await naming(() => client.send(new ListPublicKeysCommand(span), { abortSignal: signal }));
      for (const { Fingerprint, Value } of page.PublicKeyList ?? [])
        if (Fingerprint && Value) known.set(name(Fingerprint), Value);
      token = page.NextToken === token ? undefined : page.NextToken;
    } while (token !== undefined);
    return known.get(name(fingerprint)) ?? null;
  };
}

async function naming<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isExpiredCredentials(error)) throw new CredentialsExpired(error);
    if (isAccessDenied(error)) throw new PermissionDenied('cloudtrail:ListPublicKeys', error);
    throw error;
  }
}
