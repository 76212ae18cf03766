import type { Stack } from '@aws-sdk/client-cloudformation';
import { openStore } from '../../compose/open-store.js';
import { UsageError } from '../../compose/usage-error.js';
import { bucketExists } from '../../operate/deploy/artifact-bucket.js';
import type { Artifacts } from '../../operate/deploy/artifacts.js';
import { judgeChange, type KeptTree } from '../../operate/deploy/check-change.js';
import { parameterFaults } from '../../operate/deploy/check-parameters.js';
import { readKeptTree } from '../../operate/deploy/kept-tree.js';
import { outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import { effectiveValues } from '../../operate/deploy/stack-parameters.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Io } from '../terminal/io.js';
import type { StackClients } from './stack-clients.js';

/** The values that the stack would have. @throws UsageError that names each value that cannot be */
export function checkedValues(
  {
    artifacts,
    given,
    existing,
  }: {
    readonly artifacts: Artifacts;
    readonly given: Readonly<Record<string, string>>;
    readonly existing: Readonly<Record<string, string>> | null;
  },
  io: Io,
): Record<string, string> {
  const values = effectiveValues({ declared: artifacts.template.Parameters ?? {}, given, existing });
  const faults = parameterFaults(values, { now: io.clock.now() });
  if (faults.length > 0) throw new UsageError(faults.join('\n     '));
  return values;
}

/**
 * Refuses a change that would damage the reports that are there, before anything is changed; says what stays behind.
 * @throws UsageError with every reason
 */
export async function refuseHarm(
  change: {
    readonly clients: StackClients;
    readonly stack: Stack | null;
    readonly values: Readonly<Record<string, string>>;
    readonly profile: string | undefined;
    /** The reports that are there are written anew where the format changes. */
    readonly rewrites: boolean;
  },
  io: Io,
): Promise<void> {
  const { clients, stack, values, rewrites } = change;
  const before = stack && parametersOf(stack);
  const isAsBefore =
    before &&
    ['ReportBucketName', 'ReportPrefix', 'ReportTimezone', 'OutputType'].every((name) => before[name] === values[name]);
  const tree = isAsBefore ? null : await treeThere(change, io);
  const { refusals, notes } = judgeChange({ before, after: values, tree, rewrites, region: clients.region });
  for (const note of notes) io.stderr(`Note: ${note}.\n`);
  if (refusals.length > 0) throw new UsageError(`nothing was changed:\n     ${refusals.join('\n     ')}`);
}

/** What lies where the reports would go; null for nothing, and for a bucket that is still to be made. */
async function treeThere(change: Parameters<typeof openReports>[0], io: Io): Promise<KeptTree | null> {
  const store = await openReports(change, io);
  return store && readKeptTree(store, { now: io.clock.now() });
}

/** Opens the place where the reports would go; null for a bucket that is still to be made. */
export async function openReports(
  change: {
    readonly clients: StackClients;
    readonly stack: Stack | null;
    readonly values: Readonly<Record<string, string>>;
    readonly profile: string | undefined;
  },
  io: Io,
): Promise<ReportStore | null> {
  const { clients, stack, values, profile } = change;
  const { ReportBucketName: name = 'auto', ReportPrefix: prefix = '', ReportKeyArn: key } = values;
  const isSameBucket = stack !== null && parametersOf(stack).ReportBucketName === name;
  const bucket = isSameBucket ? outputsOf(stack).ReportBucketInUse : name === 'auto' ? undefined : name;
  if (!bucket || !(await bucketExists(clients.reports(values), bucket))) return null;
  return openStore(`s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`, {
    clock: io.clock,
    env: {
      ...io.env,
      S3_BUCKET_OWNER: values.ReportBucketOwner || clients.accountId,
      ...(key ? { S3_KMS_KEY: key } : {}),
    },
    region: clients.region,
    ...(profile ? { profile } : {}),
  });
}
