import { artifactBucketName, bucketExists, createArtifactBucket, uploadZips } from '../../operate/artifact-bucket.js';
import { type Artifacts, artifactsFolder, readArtifacts } from '../../operate/artifacts.js';
import { describePermissionChanges, describePermissions, describeResources } from '../../operate/describe-template.js';
import {
  deleteStack,
  executeChange,
  findStack,
  outputsOf,
  parametersOf,
  planChange,
  templateOf,
} from '../../operate/stack.js';
import { stackParameters } from '../../operate/stack-parameters.js';
import { EXIT, type Io } from '../terminal/io.js';
import { askYesNo } from './ask.js';
import { type DeployArguments, parametersGiven } from './deploy-options.js';
import { openStackClients, type StackClients, stackNameOf } from './stack-clients.js';
import { showStackEvent } from './stack-progress.js';

export interface DeployEffects {
  /** Folder of `dist/deploy`; the one of this package by default. */
  readonly artifacts?: string;
}

/** `aqt deploy`: says what it will create, then creates or updates the stack. */
export async function runDeploy(options: DeployArguments, io: Io, effects: DeployEffects = {}): Promise<number> {
  const stackName = stackNameOf(options);
  const artifacts = await readArtifacts(effects.artifacts ?? artifactsFolder());
  const given = parametersGiven(options);
  stackParameters({
    declared: artifacts.template.Parameters ?? {},
    given: { ArtifactBucket: '-', ...given },
    existing: null,
  });
  if (options.dryRun) {
    // What would be done is the result here, not a message on the way.
    const result = { ...io, stderr: io.stdout };
    showPlan({ artifacts, values: { ...given, 'AWS::StackName': stackName } }, result);
    showParameters(given, result);
    io.stderr('\nNothing was changed (--dry-run).\n');
    return EXIT.done;
  }
  const clients = await openStackClients(options, io);
  io.stderr(`Account ${clients.accountId}, Region ${clients.region}, as ${clients.callerArn}\n`);
  await showWork({ clients, stackName, artifacts, given }, io);
  if (!options.yes && io.isStderrTty && !(await askYesNo('Go on?', io))) {
    io.stderr('Nothing was changed.\n');
    return EXIT.done;
  }
  const bucket = await settleReportBucket({ clients, stackName, given }, io);
  const place = await upload({ clients, options, artifacts, stackName }, io);
  return applyChange(
    { clients, stackName, artifacts, given: { ...given, ...bucket, ...place }, json: options.json === true },
    io,
  );
}

/** Says what a new stack will hold, or which permissions an update changes. */
async function showWork(
  work: { clients: StackClients; stackName: string; artifacts: Artifacts; given: Readonly<Record<string, string>> },
  io: Io,
): Promise<void> {
  const { clients, stackName, artifacts, given } = work;
  const place = { client: clients.cloudFormation, stackName };
  const known = {
    'AWS::StackName': stackName,
    'AWS::AccountId': clients.accountId,
    'AWS::Region': clients.region,
    'AWS::Partition': clients.callerArn.split(':')[1] ?? 'aws',
  };
  const stack = await findStack(place);
  if (!stack || /^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(stack.StackStatus ?? '')) {
    io.stderr(`Stack ${stackName} is new, version ${artifacts.version}\n\n`);
    showPlan({ artifacts, values: { ...given, ...known } }, io);
  } else {
    const running = outputsOf(stack).TrackerVersion ?? 'unknown';
    io.stderr(`Stack ${stackName} exists, version ${running}; this is ${artifacts.version}\n`);
    const values = { ...parametersOf(stack), ...given, ...known };
    const changes = describePermissionChanges(await templateOf(place), artifacts.template, values);
    io.stderr(changes.length === 0 ? 'Permissions: as they are\n' : '\nPermissions that change\n');
    for (const line of changes) io.stderr(`  ${line}\n`);
  }
  showParameters(given, io);
}

function showPlan(
  { artifacts, values }: { artifacts: Artifacts; values: Readonly<Record<string, string>> },
  { stderr }: Io,
): void {
  stderr('Resources\n');
  for (const line of describeResources(artifacts.template)) stderr(`  ${line}\n`);
  stderr('\nPermissions (each role may do what is listed, and nothing else)\n');
  for (const line of describePermissions(artifacts.template, values)) stderr(`  ${line}\n`);
  stderr('\n');
}

function showParameters(given: Readonly<Record<string, string>>, { stderr }: Io): void {
  const names = Object.entries(given);
  stderr(names.length === 0 ? 'Parameters: all as they are, or their defaults\n' : 'Parameters\n');
  for (const [name, value] of names) stderr(`  ${name} = ${value}\n`);
}

/** A bucket that exists and is not this stack's is used as it is. */
async function settleReportBucket(
  { clients, stackName, given }: { clients: StackClients; stackName: string; given: Readonly<Record<string, string>> },
  io: Io,
): Promise<Record<string, string>> {
  const name = given.ReportBucketName;
  if (!name || given.CreateReportBucket !== undefined) return {};
  const stack = await findStack({ client: clients.cloudFormation, stackName });
  if (stack && parametersOf(stack).ReportBucketName === name) return {};
  if (!(await bucketExists(clients.s3, name))) return { CreateReportBucket: 'true' };
  io.stderr(`The bucket ${name} exists: it is used as it is, its settings are left alone.\n`);
  return { CreateReportBucket: 'false' };
}

async function upload(
  work: { clients: StackClients; options: DeployArguments; artifacts: Artifacts; stackName: string },
  io: Io,
): Promise<{ ArtifactBucket: string; ArtifactPrefix: string }> {
  const { clients, options, artifacts, stackName } = work;
  const bucket = options.artifactBucket ?? artifactBucketName(clients.accountId, clients.region);
  if (!(await bucketExists(clients.s3, bucket))) {
    if (options.artifactBucket) throw new Error(`--artifact-bucket ${bucket}: there is no such bucket`);
    io.stderr(`Creating the bucket ${bucket} for the code of the functions\n`);
    await createArtifactBucket(clients.s3, { bucket, region: clients.region });
  }
  const prefix = `${stackName}/`;
  const uploaded = await uploadZips(clients.s3, { bucket, prefix, folder: artifacts.folder, zips: artifacts.zips });
  io.stderr(
    uploaded === 0
      ? 'The code is there already\n'
      : `Uploaded ${uploaded} of ${artifacts.zips.length} zips to ${bucket}\n`,
  );
  return { ArtifactBucket: bucket, ArtifactPrefix: prefix };
}

async function applyChange(
  change: {
    clients: StackClients;
    stackName: string;
    artifacts: Artifacts;
    given: Readonly<Record<string, string>>;
    json: boolean;
  },
  io: Io,
): Promise<number> {
  const { clients, stackName, artifacts, given } = change;
  const client = clients.cloudFormation;
  const work = { client, stackName, clock: io.clock, signal: io.signal };
  let existing = await findStack(work);
  if (existing && /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(existing.StackStatus ?? '')) {
    // The first creation failed; such a stack can only be deleted, and nothing of it is in use.
    io.stderr(`An earlier creation of ${stackName} failed: removing what is left of it\n`);
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
  const changes = await planChange({ ...work, templateBody: artifacts.templateBody, parameters, isNew, changeSetName });
  if (changes === null) {
    io.stderr('Nothing to do: the stack is what it should be.\n');
    if (existing) showOutputs(outputsOf(existing), change.json, io);
    return EXIT.done;
  }
  for (const { action, logicalId, type, replacement } of isNew ? [] : changes) {
    io.stderr(`  ${action} ${logicalId} (${type})${replacement === 'True' ? ', replaced' : ''}\n`);
  }
  const stack = await executeChange({ ...work, changeSetName, onEvent: showStackEvent(io) });
  io.stderr(isNew ? `\n${stackName} is created.\n` : `\n${stackName} is updated.\n`);
  showOutputs(outputsOf(stack), change.json, io);
  return EXIT.done;
}

function showOutputs(outputs: Readonly<Record<string, string>>, json: boolean, { stdout }: Io): void {
  if (json) {
    stdout(`${JSON.stringify(outputs, null, 2)}\n`);
    return;
  }
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  for (const [name, value] of Object.entries(outputs)) stdout(`${name.padEnd(width)}  ${value}\n`);
}
