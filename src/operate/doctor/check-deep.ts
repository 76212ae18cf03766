import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import {
  DescribeStateMachineCommand,
  type SFNClient,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { addDays, previousReportDate } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readManifests } from '../../tree/read-manifests.js';
import { nameOf } from '../error-name.js';
import type { DeployedStack } from './check-stack.js';
import { type Finding, fail, pass, skip } from './finding.js';

const POLL_MS = 1_000;
const POLLS = 120;
/** Days that are counted. */
const DAYS = 7;

/** Lets Step Functions itself judge the definitions that are deployed. */
export async function checkDefinitions(sfn: SFNClient, { outputs }: DeployedStack): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of ['DayMachineArn', 'BackfillMachineArn']) {
    const stateMachineArn = outputs[name] ?? '';
    const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    try {
      const { result, diagnostics = [] } = await sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
      const reasons = diagnostics.map(({ message, location }) => `${message} (${location ?? 'no place given'})`);
      findings.push(
        result === 'OK'
          ? pass('definition', `Step Functions accepts the definition of ${stateMachineArn}`)
          : fail(
              'definition',
              `Step Functions refuses ${stateMachineArn}: ${reasons.join('; ')}`,
              'report this as a bug of athena-query-tracker',
            ),
      );
    } catch (error) {
      findings.push(skip('definition', `Step Functions did not judge ${stateMachineArn}: ${nameOf(error)}`));
    }
  }
  return findings;
}

/**
 * Counts the rows of the last days through Athena and compares with the manifests: the one check that reads what was written
 * as a user of Athena would. Costs one query.
 */
export async function checkTable(work: {
  readonly client: AthenaClient;
  readonly stack: DeployedStack;
  readonly store: ReportStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly workGroup: string;
}): Promise<Finding> {
  const { stack, store, clock } = work;
  const check = 'table';
  const timezone = stack.parameters.ReportTimezone || 'America/New_York';
  const to = previousReportDate(clock.now(), timezone);
  const from = addDays(to, 1 - DAYS);
  let expected = 0;
  for await (const { label, manifest } of readManifests(store, { from, now: clock.now() })) {
    if (typeof manifest !== 'string' && label.reportDate <= to) expected += manifest.report.rows;
  }
  const years = [...new Set([from, to].map((date) => `'${date.slice(0, 4)}'`))].join(', ');
  const sql = `SELECT count(*) FROM ${stack.outputs.ReportTable} WHERE year IN (${years}) AND concat(year, '-', month, '-', day) BETWEEN '${from}' AND '${to}'`;
  const answer = await countRows(work, sql);
  if (typeof answer === 'string') {
    return fail(
      check,
      `Athena could not read ${stack.outputs.ReportTable}: ${answer}`,
      'check the workgroup (--workgroup), its result location and your permission on the bucket and on Glue',
    );
  }
  return answer === expected
    ? pass(check, `Athena reads ${answer} rows of ${from} to ${to}, as many as the manifests say`)
    : fail(
        check,
        `Athena reads ${answer} rows of ${from} to ${to}, the manifests say ${expected}`,
        `aqt verify ${store.location}, then report this as a bug`,
      );
}

async function countRows(
  { client, clock, signal, workGroup }: Parameters<typeof checkTable>[0],
  sql: string,
): Promise<number | string> {
  try {
    const { QueryExecutionId = '' } = await client.send(
      new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: workGroup }),
    );
    for (let polls = 0; polls < POLLS; polls++) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const state = QueryExecution?.Status?.State;
      if (state === 'FAILED' || state === 'CANCELLED') return QueryExecution?.Status?.StateChangeReason ?? state;
      if (state === 'SUCCEEDED') {
        const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId }));
        const text = ResultSet?.Rows?.[1]?.Data?.[0]?.VarCharValue ?? '';
        return /^\d+$/.test(text) ? Number(text) : `the answer has no count: ${JSON.stringify(text)}`;
      }
      await clock.sleep(POLL_MS, signal);
    }
    return `no result after ${POLLS} seconds`;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
