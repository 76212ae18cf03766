import type { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../compose/usage-error.js';
import { bucketExists, deleteBucketIfEmpty, emptyBucket } from '../../operate/deploy/artifact-bucket.js';
import { isArtifactBucketName } from '../../operate/deploy/own-artifact-bucket.js';
import { deleteStack, findStack, parametersOf } from '../../operate/deploy/stack.js';
import { stackAdvice } from '../../operate/deploy/stack-advice.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { askYesNo } from './ask.js';
import type { addDestroy } from './commands-operate.js';
import type { DeployEffects } from './deploy.js';
import { commandAgain, fateOf, reportsOf, sayWhatStays } from './kept-reports.js';
import { openStackClients, type StackClients, stackNameOf } from './stack-clients.js';
import { showStackEvent } from './stack-progress.js';

export type DestroyArguments = OptionsOf<typeof addDestroy>;

/** `aqt destroy`: deletes the stack. The reports stay unless told otherwise. */
export async function runDestroy(options: DestroyArguments, io: Io, effects: DeployEffects = {}): Promise<number> {
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
  const advice = stackAdvice(stack.StackStatus ?? '', stackName);
  if (stack.StackStatus?.endsWith('_IN_PROGRESS') && !advice?.isVoid) throw new UsageError(advice?.message ?? '');
  const reports = await reportsOf(clients, stack);
  if (
    !options.yes &&
    io.isStderrTty &&
    !(await askYesNo(`Delete the stack ${stackName}${fateOf(reports, options.deleteReports === true)}?`, io))
  ) {
    io.stderr('Nothing was changed.\n');
    return EXIT.done;
  }
  await deleteStack({ ...work, stackId: stack.StackId ?? stackName, onEvent: showStackEvent(io) });
  io.stderr(`\n${stackName} is gone.\n`);
  const parameters = parametersOf(stack);
  if (!options.deleteReports || reports.state !== 'there')
    sayWhatStays(
      { reports, again: await commandAgain({ stack, reports, options, place: clients }, effects.artifacts) },
      io,
    );
  await removeCode({ clients, stackName, bucket: parameters.ArtifactBucket }, io);
  // What was asked for, and may not be done, is no success.
  if (options.deleteReports && reports.state === 'foreign') return EXIT.permission;
  if (!options.deleteReports || reports.state !== 'there') return EXIT.done;
  return removeReports(
    {
      s3: clients.reports(parameters),
      bucket: reports.bucket,
      prefix: parameters.ReportPrefix ?? '',
      isOurs: parameters.CreateReportBucket === 'true',
    },
    io,
  );
}

/** Removes the zips of this stack, and the bucket for zips when no other stack uses it. What cannot be removed is told: the stack is gone. */
async function removeCode(
  { clients, stackName, bucket }: { clients: StackClients; stackName: string; bucket: string | undefined },
  io: Io,
): Promise<void> {
  if (!bucket) return;
  const { s3 } = clients;
  try {
    if (!(await bucketExists(s3, bucket))) return;
    const removed = await emptyBucket(s3, { bucket, prefix: `${stackName}/`, signal: io.signal });
    if (removed > 0) io.stderr(`Removed ${removed} zips from ${bucket}\n`);
    if (isArtifactBucketName(bucket, clients) && (await deleteBucketIfEmpty(s3, bucket)))
      io.stderr(`Removed the bucket ${bucket}\n`);
  } catch (error) {
    io.signal.throwIfAborted();
    io.stderr(
      `The code in ${bucket} stays: ${error instanceof Error ? error.message : String(error)}. No later deployment uses it unless you name it.\n`,
    );
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
