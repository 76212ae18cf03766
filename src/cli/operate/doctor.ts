import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { regionsAround } from '../../athena/regions.js';
import { openStore } from '../../compose/open-store.js';
import { asStarted } from '../../findings/as-started.js';
import { checkFindings } from '../../operate/check-findings.js';
import { readKeptTree } from '../../operate/deploy/kept-tree.js';
import { checkAthena } from '../../operate/doctor/check-athena.js';
import { checkBuckets } from '../../operate/doctor/check-buckets.js';
import { checkCloudTrail } from '../../operate/doctor/check-cloudtrail.js';
import { checkDeadLetters } from '../../operate/doctor/check-dead-letters.js';
import { checkDefinitions, checkTable } from '../../operate/doctor/check-deep.js';
import { checkEvents } from '../../operate/doctor/check-events.js';
import { checkFormat } from '../../operate/doctor/check-format.js';
import { checkRegions } from '../../operate/doctor/check-regions.js';
import { checkReports } from '../../operate/doctor/check-reports.js';
import {
  checkLastDays,
  checkRange,
  checkSchedule,
  checkStack,
  checkYears,
  type DeployedStack,
} from '../../operate/doctor/check-stack.js';
import { type Finding, fail, pass, skip } from '../../operate/doctor/finding.js';
import type { ReportStore } from '../../ports/report-store.js';
import { type ProbedRegion, probeRegions } from '../../sources/accounts/probe-regions.js';
import { openLookupEventsPage } from '../../sources/lookup/lookup-events-client.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { packageVersion } from '../terminal/version.js';
import type { addDoctor } from './commands-operate.js';
import { diagnoseFeeds } from './doctor-feeds.js';
import { diagnoseMembers } from './doctor-members.js';
import { openStackClients, type StackClients, stackNameOf } from './stack-clients.js';

export type DoctorArguments = OptionsOf<typeof addDoctor>;

/**
 * `aqt doctor`: looks at everything that collecting needs, in order, each finding with its fix. It runs with the caller's own
 * permissions; the functions' are in the template. Exit 3 when something failed.
 */
export async function runDoctor(options: DoctorArguments, io: Io): Promise<number> {
  const findings: Finding[] = [];
  for await (const found of diagnose(options, io)) {
    const typed = (text: string) => asStarted(text, io.program);
    const finding = { ...found, message: typed(found.message), fix: found.fix && typed(found.fix) };
    findings.push(finding);
    if (!options.json) io.stdout(lineOf(finding));
  }
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  if (options.json) io.stdout(`${JSON.stringify({ findings }, null, 2)}\n`);
  else io.stdout(`\n${count('pass')} passed, ${count('warn')} warnings, ${count('fail')} failed\n`);
  return count('fail') > 0 ? EXIT.findings : EXIT.done;
}

async function* diagnose(options: DoctorArguments, io: Io): AsyncGenerator<Finding> {
  const stackName = stackNameOf(options);
  let clients: StackClients;
  try {
    clients = await openStackClients(options, io);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (options.output && !options.output.startsWith('s3://')) {
      yield skip('credentials', `nothing in AWS was checked: ${reason}`);
      return yield* checkTree(options.output, { options, region: null }, io);
    }
    yield fail(
      'credentials',
      reason,
      'set AWS_PROFILE and AWS_REGION, or give --profile and --region; `aws sts get-caller-identity` shows who you are',
    );
    return;
  }
  yield pass('credentials', `account ${clients.accountId}, Region ${clients.region}, as ${clients.callerArn}`);
  const { cloudFormation, scheduler, sfn } = clients;
  const checked = { cloudFormation, scheduler, sfn, stackName, version: packageVersion(), clock: io.clock };
  const { findings, stack } = await checkStack(checked);
  yield* findings;
  const regions = stack?.parameters.Regions ? stack.parameters.Regions.split(',') : [clients.region];
  for (const region of regions) {
    yield* checkCloudTrail({
      client: new CloudTrailClient(clients.config('CLOUDTRAIL', region)),
      region,
      clock: io.clock,
    });
    const client = new AthenaClient(clients.config('ATHENA', region));
    yield* checkAthena({ client, region, clock: io.clock, signal: io.signal });
  }
  yield checkRegions(await otherRegions(clients, regions, io), regions);
  let hasReports = true;
  if (stack) {
    for await (const finding of checkBuckets(clients, stack, stackName)) {
      if (finding.check === 'report-bucket') hasReports = finding.status === 'pass';
      yield finding;
    }
    yield await checkSchedule(checked, stack);
    yield* checkRange(stack);
    yield* checkYears(stack, io.clock.now());
    const { DeadLetterQueueUrl: queueUrl } = stack.outputs;
    if (queueUrl) yield await checkDeadLetters(clients.sqs, queueUrl);
    yield* checkLastDays(checked, stack);
  }
  const location = options.output ?? stack?.outputs.ReportLocation;
  const store =
    location && (hasReports || options.output)
      ? yield* checkTree(location, { options, region: clients.region }, io)
      : null;
  if (stack && store) {
    yield await checkEvents({ store, clock: io.clock }, stack);
    yield* diagnoseFormat(store, stack, io);
    yield* diagnoseFeeds({ stack, stackName, store, clock: io.clock });
  }
  if (stack) yield* diagnoseMembers({ clients, stack, regions, store, profile: options.profile }, io);
  if (!options.deep || !stack || !store) return;
  yield* await checkDefinitions(sfn, stack);
  const client = new AthenaClient(clients.config('ATHENA', clients.region));
  yield await checkTable({
    client,
    stack,
    store,
    clock: io.clock,
    signal: io.signal,
    workGroup: options.workgroup ?? stack.outputs.ReaderWorkgroup ?? 'primary',
  });
}

/** Whether the table reads what is there; where manifests are damaged another check has told so. */
async function* diagnoseFormat(store: ReportStore, stack: DeployedStack, io: Io): AsyncGenerator<Finding> {
  try {
    const tree = await readKeptTree(store, { now: io.clock.now() });
    if (tree) yield checkFormat(tree, stack);
  } catch (error) {
    yield skip('format', error instanceof Error ? error.message : String(error));
  }
}

/** What the reports themselves say; a folder needs no credentials. */
async function* checkTree(
  location: string,
  { options, region }: { readonly options: DoctorArguments; readonly region: string | null },
  io: Io,
): AsyncGenerator<Finding, ReportStore> {
  const store = await openStore(location, {
    clock: io.clock,
    env: io.env,
    ...(region ? { region } : {}),
    ...(options.profile ? { profile: options.profile } : {}),
  });
  yield* checkReports({ store, clock: io.clock });
  yield await checkFindings({ store, clock: io.clock });
  return store;
}

/** Asks the Regions that are not collected, one call each. */
function otherRegions({ region, config }: StackClients, collected: readonly string[], io: Io): Promise<ProbedRegion[]> {
  return probeRegions({
    regions: regionsAround(region).filter((other) => !collected.includes(other)),
    pageOf: (other) => openLookupEventsPage(config('CLOUDTRAIL', other)),
    clock: io.clock,
    random: io.random,
    signal: io.signal,
  });
}

const MARKS = { pass: 'ok  ', warn: 'warn', fail: 'FAIL', skip: 'skip' } as const;

function lineOf({ check, status, message, fix }: Finding): string {
  return `${MARKS[status]}  ${check.padEnd(13)}  ${message}\n${fix === null ? '' : `                     fix: ${fix}\n`}`;
}
