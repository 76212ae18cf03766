import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { reportDays } from '../../calendar/report-day.js';
import { UsageError } from '../../compose/usage-error.js';
import { findStack, outputsOf, parametersOf } from '../../operate/deploy/stack.js';
import { stackAdvice } from '../../operate/deploy/stack-advice.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { bar, createLeft } from '../terminal/progress.js';
import type { addBackfill } from './commands-operate.js';
import { openStackClients, stackNameOf } from './stack-clients.js';

/** Without `wait` it starts and returns; the state machine goes on by itself. */
export type BackfillArguments = Partial<OptionsOf<typeof addBackfill>>;

const POLL_MS = 5_000;

/** `aqt backfill --remote`: lets the deployed stack collect a range of days, and follows it. */
export async function runBackfillRemote(options: BackfillArguments, io: Io): Promise<number> {
  const stackName = stackNameOf(options);
  const { from, to = from } = options;
  if (from === undefined || to === undefined) {
    throw new UsageError('--from is missing: name the first report day, for example --from 2026-11-01');
  }
  const clients = await openStackClients(options, io);
  const stack = await findStack({ client: clients.cloudFormation, stackName });
  const stateMachineArn = stack ? outputsOf(stack).BackfillMachineArn : undefined;
  const advice = stack && stackAdvice(stack.StackStatus ?? '', stackName);
  if (advice?.isVoid) throw new UsageError(`${advice.message}: aqt deploy --stack ${stackName} makes it work`);
  if (advice) io.stderr(`Note: ${advice.message}\n`);
  if (!stack || !stateMachineArn) {
    throw new UsageError(
      `there is no stack ${stackName} in ${clients.region}: aqt deploy makes one, or leave out --remote`,
    );
  }
  const timezone = parametersOf(stack).ReportTimezone || 'America/New_York';
  const days = reportDays({ from, to, timezone }).length;
  // The time makes the name new: the same range may be collected again.
  const name = `backfill-${from}-${to}-${io.clock.now().toString(36)}`;
  const { executionArn = '' } = await clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ from, to }) }),
  );
  io.stderr(`Started ${name}: ${days} ${days === 1 ? 'day' : 'days'}, ${from} to ${to} (${timezone})\n`);
  if (options.wait === false) {
    io.stdout(options.json ? `${JSON.stringify({ executionArn })}\n` : `${executionArn}\n`);
    return EXIT.done;
  }
  const { status, error, cause } = await follow({ client: clients.sfn, executionArn, days }, io);
  if (options.json)
    io.stdout(`${JSON.stringify({ executionArn, status, error: error ?? null, cause: cause ?? null })}\n`);
  else io.stdout(`${status}${cause ? `: ${cause}` : ''}\n`);
  return status === 'SUCCEEDED' ? EXIT.done : EXIT.failed;
}

async function follow(
  { client, executionArn, days }: { client: SFNClient; executionArn: string; days: number },
  io: Io,
) {
  const left = createLeft(io.stopwatch);
  let shown = '';
  left('days', 0);
  for (;;) {
    if (io.signal.aborted) {
      io.stderr(`\nThe back-fill goes on in the account: ${executionArn}\n`);
      io.signal.throwIfAborted();
    }
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    const progress = await progressOf(client, executionArn);
    const line = progress === null ? '' : daysLine(progress, days);
    if (line !== '' && line !== shown) {
      const share = progress === null ? null : (progress.succeeded + progress.failed) / days;
      io.stderr(`${line}${left('days', share)}\n`);
    }
    shown = line;
    if (execution.status !== 'RUNNING') return execution;
    await io.clock.sleep(POLL_MS, io.signal).catch(() => {});
  }
}

function daysLine(
  { succeeded, failed }: { readonly succeeded: number; readonly failed: number },
  days: number,
): string {
  return `${bar((succeeded + failed) / days)} ${succeeded} of ${days} days done${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** Null while nothing is known: the Map has not begun, or the emulator has no Map runs. */
async function progressOf(
  client: SFNClient,
  executionArn: string,
): Promise<{ succeeded: number; failed: number } | null> {
  try {
    const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
    const mapRunArn = mapRuns[0]?.mapRunArn;
    if (!mapRunArn) return null;
    const { itemCounts } = await client.send(new DescribeMapRunCommand({ mapRunArn }));
    return { succeeded: itemCounts?.succeeded ?? 0, failed: itemCounts?.failed ?? 0 };
  } catch {
    return null; // Progress is a courtesy; the execution's own state decides.
  }
}
