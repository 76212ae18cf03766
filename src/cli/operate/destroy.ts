import type { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../compose/usage-error.js';
import {
  artifactBucketName,
  bucketExists,
  deleteBucketIfEmpty,
  emptyBucket,
} from '../../operate/deploy/artifact-bucket.js';
import { artifactsFolder, readArtifacts } from '../../operate/deploy/artifacts.js';
import { redeployCommand } from '../../operate/deploy/redeploy-command.js';
import { deleteStack, findStack, outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { askYesNo } from './ask.js';
import type { addDestroy } from './commands-operate.js';
import { openStackClients, type StackClients, stackNameOf } from './stack-clients.js';
import { showStackEvent } from './stack-progress.js';

export type DestroyArguments = OptionsOf<typeof addDestroy>;

/** `aqt destroy`: deletes the stack. The reports stay unless told otherwise. */
export async function runDestroy(options: DestroyArguments, io: Io): Promise<number> {
  const stackName = stackNameOf(options);
  if (options.deleteReports && !options.yes && !io.isStderrTty) {
    throw new UsageError('--delete-reports removes every report for good: confirm with --yes');
  }
  const clients = await openStackClients(options, io);
  const work = { client: clients.cloudFormation, stackName, clock: io.clock, signal: io.signal };
  const stack = await findStack(work);
  if (!stack) {
    io.stderr(`There is no stack ${stackName} in ${clients.region} of account ${clients.accountId}.\n`);
    return EXIT.done;
  }
  const { ReportBucketInUse: bucket = '', ReportLocation: location = '' } = outputsOf(stack);
  const parameters = parametersOf(stack);
  const fate = options.deleteReports ? ` and ALL REPORTS at ${location}` : `; the reports at ${location} stay`;
  if (!options.yes && io.isStderrTty && !(await askYesNo(`Delete the stack ${stackName}${fate}?`, io))) {
    io.stderr('Nothing was changed.\n');
    return EXIT.done;
  }
  await deleteStack({ ...work, stackId: stack.StackId ?? stackName, onEvent: showStackEvent(io) });
  io.stderr(`\n${stackName} is gone.\n`);
  await removeCode({ clients, stackName, bucket: parameters.ArtifactBucket }, io);
  if (!options.deleteReports) {
    io.stdout(`${location}\n`);
    const again = redeployCommand({
      stackName,
      bucket,
      parameters,
      declared: (await readArtifacts(artifactsFolder())).template.Parameters ?? {},
    });
    io.stderr(`The reports stay there. The next deployment goes on with them: ${again}\n`);
    return EXIT.done;
  }
  return removeReports(
    {
      s3: clients.reports(parameters),
      bucket,
      prefix: parameters.ReportPrefix ?? '',
      isOurs: parameters.CreateReportBucket === 'true',
    },
    io,
  );
}

/** Removes the zips of this stack, and the bucket for zips when no other stack uses it. */
async function removeCode(
  { clients, stackName, bucket }: { clients: StackClients; stackName: string; bucket: string | undefined },
  io: Io,
): Promise<void> {
  if (!bucket || !(await bucketExists(clients.s3, bucket))) return;
  const removed = await emptyBucket(clients.s3, { bucket, prefix: `${stackName}/`, signal: io.signal });
  if (removed > 0) io.stderr(`Removed ${removed} zips from ${bucket}\n`);
  if (
    bucket === artifactBucketName(clients.accountId, clients.region) &&
    (await deleteBucketIfEmpty(clients.s3, bucket))
  ) {
    io.stderr(`Removed the bucket ${bucket}\n`);
  }
}

async function removeReports(
  { s3, bucket, prefix, isOurs }: { s3: S3Client; bucket: string; prefix: string; isOurs: boolean },
  io: Io,
): Promise<number> {
  if (isOurs) {
    const removed = await emptyBucket(s3, { bucket, prefix: '', signal: io.signal });
    await deleteBucketIfEmpty(s3, bucket);
    io.stderr(`Removed ${removed} objects and the bucket ${bucket}\n`);
    return EXIT.done;
  }
  // Somebody else's bucket: only what this program wrote.
  const root = prefix === '' ? '' : `${prefix}/`;
  for (const folder of ['year=', '_work/']) {
    const removed = await emptyBucket(s3, { bucket, prefix: `${root}${folder}`, signal: io.signal });
    io.stderr(`Removed ${removed} objects under s3://${bucket}/${root}${folder}\n`);
  }
  return EXIT.done;
}
