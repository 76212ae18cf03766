import type { Stack } from '@aws-sdk/client-cloudformation';
import { BucketRefused, bucketExists } from '../../operate/deploy/artifact-bucket.js';
import { artifactsFolder, readArtifacts } from '../../operate/deploy/artifacts.js';
import { isArtifactBucketName } from '../../operate/deploy/own-artifact-bucket.js';
import { redeployCommand } from '../../operate/deploy/redeploy-command.js';
import { outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import type { Io } from '../terminal/io.js';
import type { StackArguments, StackClients } from './stack-clients.js';

/** Where a stack's reports lie, and whether the bucket is still there. */
interface KeptReports {
  readonly bucket: string;
  readonly location: string;
  /** `none`: the stack never came to have any. */
  readonly state: 'there' | 'gone' | 'foreign' | 'none';
}

export async function reportsOf(clients: StackClients, stack: Stack): Promise<KeptReports> {
  const { ReportBucketInUse: bucket = '', ReportLocation: location = '' } = outputsOf(stack);
  if (bucket === '') return { bucket, location, state: 'none' };
  try {
    const isThere = await bucketExists(clients.reports(parametersOf(stack)), bucket);
    return { bucket, location, state: isThere ? 'there' : 'gone' };
  } catch (error) {
    // Whoever may not look at the reports may delete the stack all the same; they stay.
    if (!(error instanceof BucketRefused)) throw error;
    return { bucket, location, state: 'foreign' };
  }
}

/** What the question before a deletion says of the reports. */
export function fateOf({ location, state }: KeptReports, isDeleting: boolean): string {
  if (state === 'none') return '';
  if (state === 'gone') return `; the reports at ${location} are gone already`;
  return isDeleting && state === 'there' ? ` and ALL REPORTS at ${location}` : `; the reports at ${location} stay`;
}

/** The command that deploys the stack again as it was. */
export async function commandAgain(
  request: {
    readonly stack: Stack;
    readonly reports: KeptReports;
    readonly options: Pick<StackArguments, 'region'>;
    readonly place: Pick<StackClients, 'accountId' | 'region'>;
  },
  artifacts = artifactsFolder(),
): Promise<string> {
  const { stack, reports, options, place } = request;
  const { ObjectLockMode, ObjectLockDays, ...others } = parametersOf(stack);
  // A bucket that is there keeps its lock, and a stack over it takes none.
  const parameters = reports.state === 'there' ? others : parametersOf(stack);
  const { ArtifactBucket: code = '' } = parameters;
  return redeployCommand({
    stackName: stack.StackName ?? '',
    bucket: reports.bucket === '' ? null : reports.bucket,
    parameters,
    declared: (await readArtifacts(artifacts)).template.Parameters ?? {},
    others: {
      '--region': options.region,
      '--role-arn': stack.RoleARN,
      // A bucket that this program made goes with the stack.
      '--artifact-bucket': code === '' || isArtifactBucketName(code, place) ? undefined : code,
    },
    tags: stack.Tags ?? [],
  });
}

/** Says where the reports are, and the command that goes on with them. */
export function sayWhatStays(
  { reports: { bucket, location, state }, again }: { readonly reports: KeptReports; readonly again: string },
  io: Io,
): void {
  if (state === 'there') {
    io.stdout(`${location}\n`);
    io.stderr(`The reports stay there. The next deployment goes on with them: ${again}\n`);
  } else if (state === 'foreign') {
    io.stderr(
      `The bucket ${bucket} cannot be looked at: it belongs to another account, or s3:ListBucket is missing. Nothing there was touched. With another one after --bucket the stack begins anew: ${again}\n`,
    );
  } else if (state === 'gone') {
    io.stderr(`The bucket ${bucket} is gone already, and the reports in it. To begin anew: ${again}\n`);
  } else io.stderr(`It had no reports. To deploy it anew: ${again}\n`);
}
