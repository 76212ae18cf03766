import { contains } from '../../calendar/window.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';

export const MIDNIGHT = Date.UTC(2026, 10, 2);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Queries by id: text, hours after midnight of 2 November, and what else their executions say. */
export type Told = Readonly<
  Record<string, readonly [text: string, hours: number, more?: Parameters<typeof executionOf>[0]]>
>;

/** Sources of starts and executions that know these queries, all in workgroup `bi` and database `sales`. */
export function worldOf(told: Told) {
  const timeOf = (hours: number) => MIDNIGHT + hours * HOUR;
  const starts = Object.entries(told).map(([id, [, hours]]) =>
    startOf({ eventId: `event-${id}`, queryExecutionId: id, eventTime: timeOf(hours) }),
  );
  const source: StartSource = {
    async *scan(window) {
      yield { items: starts.filter(({ eventTime }) => contains(window, eventTime)), covered: [window], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const executions: ExecutionSource = {
    async fetch(ids) {
      return ids.map((queryExecutionId) => {
        const [query = '', hours = 0, more] = told[queryExecutionId] ?? [];
        const submittedAt = timeOf(hours);
        const execution = executionOf({
          query,
          submittedAt,
          workGroup: 'bi',
          database: 'sales',
          ...more,
          queryExecutionId,
        });
        return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
      });
    },
    account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
  };
  return { source, executions };
}

/** The rows of the reports of a tree, by execution. */
export function rowsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, Record<string, unknown>> {
  const lines = [...files].flatMap(([key, bytes]) =>
    key.includes('/report_') ? Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean) : [],
  );
  return new Map(lines.map((line) => JSON.parse(line)).map((row) => [String(row.query_execution_id), row]));
}
