import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { addDays, previousReportDate } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import { findStack, outputsOf, parametersOf } from '../deploy/stack.js';
import { stackAdvice } from '../deploy/stack-advice.js';
import { nameOf } from '../error-name.js';
import { causeOf, listDayStates } from './executions.js';
import { type Finding, fail, pass, skip, warn } from './finding.js';
import { nextDailyRun } from './next-run.js';

/** What the deployed stack says of itself. */
export interface DeployedStack {
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Checked {
  readonly cloudFormation: CloudFormationClient;
  readonly scheduler: SchedulerClient;
  readonly sfn: SFNClient;
  readonly stackName: string;
  readonly version: string;
  readonly clock: Clock;
}

/** So long before the table's last year it is told of. */
const YEARS_AHEAD = 3;
/** Days that must have been collected. */
const DAYS = 7;

/** Checks the stack itself. Returns null when there is none. */
export async function checkStack(
  options: Checked,
): Promise<{ readonly findings: Finding[]; readonly stack: DeployedStack | null }> {
  const { cloudFormation, stackName, version } = options;
  const stack = await findStack({ client: cloudFormation, stackName });
  if (!stack) {
    return { findings: [skip('stack', `there is no stack ${stackName} here; aqt deploy makes one`)], stack: null };
  }
  const deployed = { outputs: outputsOf(stack), parameters: parametersOf(stack) };
  const status = stack.StackStatus ?? '';
  const isWhole = /^(CREATE|UPDATE)_COMPLETE$/.test(status);
  const running = deployed.outputs.TrackerVersion;
  const findings = [
    isWhole
      ? pass('stack', `${stackName} is ${status}`)
      : fail(
          'stack',
          `${stackName} is ${status}${stack.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`,
          stackAdvice(status, stackName)?.message ?? 'run aqt deploy again; it names the resource that fails',
        ),
    running === version
      ? pass('version', `the stack runs version ${version}`)
      : warn(
          'version',
          `the stack runs version ${running}, this program is ${version}`,
          'aqt deploy brings the stack to this version',
        ),
  ];
  // A stack that never worked has no outputs, and nothing of it can be looked at.
  return { findings, stack: stackAdvice(status, stackName)?.isVoid ? null : deployed };
}

/** Checks that the schedule is on, and tells when it runs next. */
export async function checkSchedule({ scheduler, clock }: Checked, { outputs }: DeployedStack): Promise<Finding> {
  const check = 'schedule';
  const name = outputs.DailySchedule ?? '';
  try {
    const schedule = await scheduler.send(new GetScheduleCommand({ Name: name }));
    const { ScheduleExpression: expression = '', ScheduleExpressionTimezone: timezone = 'UTC', State } = schedule;
    if (State !== 'ENABLED') {
      return warn(
        check,
        `the schedule ${name} is ${State}: nothing runs by itself`,
        'aqt deploy --parameter ScheduleState=ENABLED',
      );
    }
    const next = nextDailyRun({ expression, timezone, after: clock.now() });
    const when = next === null ? '' : `, next at ${new Date(next).toISOString()}`;
    return pass(check, `${expression} in ${timezone}${when}`);
  } catch (error) {
    if (nameOf(error) !== 'ResourceNotFoundException') throw error;
    return fail(check, `the schedule ${name} is gone`, 'aqt deploy makes it again');
  }
}

/** Warns years before the table stops to find reports: beyond its last year it answers with no rows and no error (aws-facts 7.2). */
export function checkYears({ parameters }: DeployedStack, now: number): Finding[] {
  const last = Number(parameters.LastYear ?? '');
  const year = new Date(now).getUTCFullYear();
  if (!(last > 0) || last - year >= YEARS_AHEAD) return [];
  return [warn('years', `the table finds reports up to ${last} only`, `aqt deploy --parameter LastYear=${year + 10}`)];
}

/** Checks that no range is set: then the schedule starts the days of that range, every day the same, and no new one. */
export function checkRange({ parameters }: DeployedStack): Finding[] {
  const { TestStartDate: from = '', TestEndDate: to = '' } = parameters;
  if (from === '') return [];
  return [
    warn(
      'range',
      `the range ${from} to ${to === '' ? from : to} is set: the schedule collects no other day`,
      "when it is collected: aqt deploy --test-start-date '' --test-end-date ''",
    ),
  ];
}

/** Checks the executions of the last days. */
export async function* checkLastDays(
  { sfn, clock }: Checked,
  { outputs, parameters }: DeployedStack,
): AsyncGenerator<Finding> {
  const check = 'last-days';
  const now = clock.now();
  const timezone = parameters.ReportTimezone || 'America/New_York';
  const states = await listDayStates(sfn, {
    stateMachineArn: outputs.DayMachineArn ?? '',
    since: now - (DAYS + 30) * 86_400_000,
  });
  if (states.length === 0) {
    yield warn(check, 'no day was collected yet', 'wait for the schedule, or aqt backfill --remote --from <date>');
    return;
  }
  const byDate = new Map(states.map((state) => [state.reportDate, state]));
  const first = states.at(-1)?.reportDate ?? '';
  const yesterday = previousReportDate(now, timezone);
  const missing: string[] = [];
  for (let back = 0; back < DAYS; back++) {
    const date = addDays(yesterday, -back);
    if (date < first) break;
    const state = byDate.get(date);
    if (!state) missing.push(date);
    else if (!['SUCCEEDED', 'RUNNING'].includes(state.status)) {
      const cause = await causeOf(sfn, state.executionArn);
      yield fail(
        check,
        `${date} ${state.status}: ${cause}`,
        `after its cause is gone: aqt backfill --remote --from ${date}`,
      );
    }
  }
  if (missing.length > 0) {
    yield fail(
      check,
      `not collected: ${missing.join(', ')}`,
      `aqt backfill --remote --from ${missing.at(-1)} --to ${missing[0]}`,
    );
  }
  const good = states.filter(({ status }) => status === 'SUCCEEDED');
  if (good[0]) yield pass(check, `the newest day collected is ${good[0].reportDate}`);
}
