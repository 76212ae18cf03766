import type { Stack } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../compose/usage-error.js';
import { bucketExists } from '../../operate/deploy/artifact-bucket.js';
import { type Artifacts, artifactsFolder, readArtifacts } from '../../operate/deploy/artifacts.js';
import { findStack, outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import { stackAdvice } from '../../operate/deploy/stack-advice.js';
import { stackParameters } from '../../operate/deploy/stack-parameters.js';
import { EXIT, type Io } from '../terminal/io.js';
import { askYesNo } from './ask.js';
import { applyChange, placeCode } from './deploy-apply.js';
import { checkedValues, refuseHarm } from './deploy-checks.js';
import { type DeployArguments, parametersGiven, tagsGiven } from './deploy-options.js';
import { showParameters, showPlan, showWork } from './deploy-plan.js';
import { planRewriting, type Rewriting } from './deploy-rewrite.js';
import { openStackClients, type StackClients, stackNameOf } from './stack-clients.js';

export interface DeployEffects {
  /** Folder of `dist/deploy`; the one of this package by default. */
  readonly artifacts?: string;
}

/** `aqt deploy`: says what it will create, then creates or updates the stack. What would do harm is refused before anything is done. */
export async function runDeploy(options: DeployArguments, io: Io, effects: DeployEffects = {}): Promise<number> {
  const stackName = stackNameOf(options);
  const artifacts = await readArtifacts(effects.artifacts ?? artifactsFolder());
  const given = parametersGiven(options);
  const tags = tagsGiven(options);
  checkNames(artifacts, given);
  const alone = checkedValues({ artifacts, given, existing: null }, io);
  if (options.dryRun) {
    // What would be done is the result here, not a message on the way.
    const result = { stderr: io.stdout };
    showPlan({ artifacts, values: { ...alone, 'AWS::StackName': stackName } }, result);
    showParameters(given, result);
    io.stderr('\nNothing was changed (--dry-run).\n');
    return EXIT.done;
  }
  const clients = await openStackClients(options, io);
  io.stderr(`Account ${clients.accountId}, Region ${clients.region}, as ${clients.callerArn}\n`);
  const found = await findStack({ client: clients.cloudFormation, stackName });
  const advice = found && stackAdvice(found.StackStatus ?? '', stackName);
  if (advice?.isBlocked) throw new UsageError(advice.message);
  // What only failed to be created holds nothing of value: it counts as new.
  const stack = found && !advice?.isVoid ? found : null;
  const bucket = await settleReportBucket({ clients, stack, given }, io);
  const settled = { ...given, ...bucket };
  const values = checkedValues({ artifacts, given: settled, existing: stack && parametersOf(stack) }, io);
  const change = { clients, stack, values, profile: options.profile };
  await refuseHarm({ ...change, rewrites: options.rewrite === true }, io);
  await showWork({ clients, stackName, artifacts, given: settled, values, stack }, io);
  const rewriting = options.rewrite ? await planRewriting(change, io) : null;
  if (!options.yes && io.isStderrTty && !(await askYesNo('Go on?', io))) {
    io.stderr('Nothing was changed.\n');
    return EXIT.done;
  }
  const code = await placeCode(
    { clients, options, artifacts, stackName, remembered: (stack && parametersOf(stack).ArtifactBucket) || null, tags },
    io,
  );
  const apply = () =>
    applyChange(
      {
        clients,
        stackName,
        artifacts,
        given: { ...settled, ...code.parameters },
        template: code.template,
        tags,
        roleArn: options.roleArn ?? null,
        json: options.json === true,
      },
      io,
    );
  return rewriting ? rewriteAnd(apply, rewriting, io) : apply();
}

/** Writes the reports anew, changes the table, and writes anew what a run wrote in the old format meanwhile. */
async function rewriteAnd(apply: () => Promise<number>, rewriting: Rewriting, io: Io): Promise<number> {
  await rewriting.run();
  let applied: number;
  try {
    applied = await apply();
  } catch (error) {
    io.stderr(
      'aqt: the reports have the new format and the table may not: the same command again ends this, or --rewrite with the former --format goes back\n',
    );
    throw error;
  }
  await rewriting.run();
  const running = await rewriting.runsNow();
  if (running.length === 0) return applied;
  io.stderr(
    `aqt: ${running.join(', ')} began in the old format: when it has ended, the same command again ends this\n`,
  );
  return EXIT.partial;
}

/** @throws Error for a parameter that the template does not have or that does not allow the value */
function checkNames(artifacts: Artifacts, given: Readonly<Record<string, string>>): void {
  stackParameters({
    declared: artifacts.template.Parameters ?? {},
    given: { ArtifactBucket: '-', ...given },
    existing: null,
  });
}

/** @throws UsageError when the bucket that a stack keeps its reports in is gone: an update would not bring it back */
async function expectReportBucket(clients: StackClients, stack: Stack): Promise<void> {
  const { ReportBucketInUse: bucket } = outputsOf(stack);
  if (!bucket || (await bucketExists(clients.reports(parametersOf(stack)), bucket))) return;
  throw new UsageError(
    `the bucket ${bucket}, in which ${stack.StackName} keeps its reports, is gone, and an update does not bring it back: aqt destroy --stack ${stack.StackName}, then the command that it prints makes it anew; or name another bucket (--bucket)`,
  );
}

/** A bucket that exists and is not this stack's is used as it is. */
async function settleReportBucket(
  work: {
    readonly clients: StackClients;
    readonly stack: Stack | null;
    readonly given: Readonly<Record<string, string>>;
  },
  io: Io,
): Promise<Record<string, string>> {
  const { clients, stack, given } = work;
  const existing = stack && parametersOf(stack);
  const name = given.ReportBucketName;
  if (stack && existing && (name ?? existing.ReportBucketName) === existing.ReportBucketName)
    await expectReportBucket(clients, stack);
  if (!name || name === 'auto' || given.CreateReportBucket !== undefined) return {};
  if (existing?.ReportBucketName === name) return {};
  if (!(await bucketExists(clients.reports({ ...existing, ...given }), name))) return { CreateReportBucket: 'true' };
  io.stderr(`The bucket ${name} exists: it is used as it is, its settings are left alone.\n`);
  return { CreateReportBucket: 'false' };
}
