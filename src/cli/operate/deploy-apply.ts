import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../compose/usage-error.js';
import { bucketExists, createArtifactBucket, uploadZips } from '../../operate/deploy/artifact-bucket.js';
import type { Artifacts } from '../../operate/deploy/artifacts.js';
import { foreignCode } from '../../operate/deploy/deployed-code.js';
import { findArtifactBucket, newArtifactBucketName } from '../../operate/deploy/own-artifact-bucket.js';
import {
  deleteStack,
  executeChange,
  findStack,
  outputsOf,
  parametersOf,
  planChange,
  StackFailed,
  templateOf,
} from '../../operate/deploy/stack.js';
import { stackAdvice } from '../../operate/deploy/stack-advice.js';
import { stackParameters } from '../../operate/deploy/stack-parameters.js';
import { placeTemplate } from '../../operate/deploy/template-place.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { DeployArguments } from './deploy-options.js';
import type { StackClients } from './stack-clients.js';
import { showStackEvent } from './stack-progress.js';

/** Where CloudFormation finds code and template. */
export interface PlacedCode {
  readonly parameters: { readonly ArtifactBucket: string; readonly ArtifactPrefix: string };
  readonly template: { readonly TemplateBody: string } | { readonly TemplateURL: string };
}

/** Uploads what is not there yet into a bucket of this account; makes one when neither the user nor the stack names any. */
export async function placeCode(
  work: {
    readonly clients: StackClients;
    readonly options: DeployArguments;
    readonly artifacts: Artifacts;
    readonly stackName: string;
    /** Bucket where the stack's code lay the last time; null for a new stack. */
    readonly remembered: string | null;
    readonly tags: Readonly<Record<string, string>> | null;
  },
  io: Io,
): Promise<PlacedCode> {
  const { clients, artifacts, stackName } = work;
  const { s3, region } = clients;
  const bucket = await settleArtifactBucket(work, io);
  const prefix = `${stackName}/`;
  const uploaded = await uploadZips(s3, { bucket, prefix, folder: artifacts.folder, zips: artifacts.zips });
  io.stderr(
    uploaded === 0
      ? 'The code is there already\n'
      : `Uploaded ${uploaded} of ${artifacts.zips.length} zips to ${bucket}\n`,
  );
  const template = await placeTemplate(s3, { body: artifacts.templateBody, bucket, prefix, region });
  return { parameters: { ArtifactBucket: bucket, ArtifactPrefix: prefix }, template };
}

/** The bucket for the code. Whose it is is asked before anything is put there. */
async function settleArtifactBucket(
  { clients, options, remembered, tags }: Parameters<typeof placeCode>[0],
  io: Io,
): Promise<string> {
  const { s3, accountId, region } = clients;
  const { artifactBucket: asked } = options;
  if (asked !== undefined) {
    if (!(await bucketExists(s3, asked))) throw new UsageError(`--artifact-bucket ${asked}: there is no such bucket`);
    return asked;
  }
  if (remembered) {
    if (await bucketExists(s3, remembered)) return remembered;
    io.stderr(`The bucket ${remembered}, where the code of this stack lay, is gone\n`);
  }
  const known = await findArtifactBucket(s3, { accountId, region });
  if (known !== null) return known;
  const bucket = newArtifactBucketName({ accountId, region }, io.random);
  io.stderr(`Creating the bucket ${bucket} for the code of the functions\n`);
  await createArtifactBucket(s3, { bucket, region, tags: tags ?? {} });
  return bucket;
}

/** Creates or updates the stack by a change set, follows it, and compares the code that runs with what was uploaded. */
export async function applyChange(
  change: {
    readonly clients: StackClients;
    readonly stackName: string;
    readonly artifacts: Artifacts;
    readonly given: Readonly<Record<string, string>>;
    readonly template: PlacedCode['template'];
    readonly tags: Readonly<Record<string, string>> | null;
    readonly roleArn: string | null;
    readonly json: boolean;
  },
  io: Io,
): Promise<number> {
  const { clients, stackName, artifacts, given, template, tags, roleArn } = change;
  const client = clients.cloudFormation;
  const work = { client, stackName, clock: io.clock, signal: io.signal };
  let existing = await findStack(work);
  const advice = existing && stackAdvice(existing.StackStatus ?? '', stackName);
  if (existing && advice?.isVoid && existing.StackStatus !== 'REVIEW_IN_PROGRESS') {
    io.stderr(`${advice.message}\n`);
    await deleteStack({ ...work, stackId: existing.StackId ?? stackName, onEvent: showStackEvent(io) });
    existing = null;
  }
  const isNew = existing === null || existing.StackStatus === 'REVIEW_IN_PROGRESS';
  const changeSetName = `aqt-${io.clock.now()}`;
  const parameters = stackParameters({
    declared: artifacts.template.Parameters ?? {},
    given,
    existing: isNew || !existing ? null : parametersOf(existing),
  });
  const isSame = existing !== null && !isNew && (await isAsAsked(change, parametersOf(existing)));
  const changes = isSame
    ? null
    : await planChange({ ...work, template, parameters, tags, roleArn, isNew, changeSetName });
  if (changes === null) {
    io.stderr('Nothing to do: the stack is what it should be.\n');
    await compareCode(change);
    if (existing) showOutputs(outputsOf(existing), change.json, io);
    return EXIT.done;
  }
  for (const { action, logicalId, type, replacement } of isNew ? [] : changes) {
    io.stderr(`  ${action} ${logicalId} (${type})${replacement === 'True' ? ', replaced' : ''}\n`);
  }
  const stack = await executeChange({ ...work, changeSetName, onEvent: showStackEvent(io) });
  io.stderr(isNew ? `\n${stackName} is created.\n` : `\n${stackName} is updated.\n`);
  await compareCode(change);
  showOutputs(outputsOf(stack), change.json, io);
  return EXIT.done;
}

/** True when template and parameters are those that the stack has, and neither tags nor a role are given. */
async function isAsAsked(
  change: {
    readonly clients: StackClients;
    readonly stackName: string;
    readonly artifacts: Artifacts;
    readonly given: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>> | null;
    readonly roleArn: string | null;
  },
  existing: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { clients, stackName, artifacts, given, tags, roleArn } = change;
  if (tags !== null || roleArn !== null) return false;
  if (Object.entries(given).some(([name, value]) => existing[name] !== value)) return false;
  const now = await templateOf({ client: clients.cloudFormation, stackName });
  return isDeepStrictEqual(now, artifacts.template);
}

/** @throws StackFailed when a function runs code that this package did not upload */
async function compareCode({
  clients,
  stackName,
  artifacts,
}: {
  readonly clients: StackClients;
  readonly stackName: string;
  readonly artifacts: Artifacts;
}): Promise<void> {
  const { folder, zips } = artifacts;
  const foreign = await foreignCode(clients.lambda, { stackName, folder, zips });
  if (foreign.length > 0)
    throw new StackFailed(
      `${foreign.join(', ')}: the code that runs is not the code of this package. Somebody else may write to the bucket of the code: look who, give another one (--artifact-bucket), and switch the schedule off until then (--parameter ScheduleState=DISABLED)`,
    );
}

function showOutputs(outputs: Readonly<Record<string, string>>, json: boolean, { stdout }: Io): void {
  if (json) {
    stdout(`${JSON.stringify(outputs, null, 2)}\n`);
    return;
  }
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  for (const [name, value] of Object.entries(outputs)) stdout(`${name.padEnd(width)}  ${value}\n`);
}
