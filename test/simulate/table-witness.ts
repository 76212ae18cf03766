import type { ReportDay } from '../../src/calendar/report-day.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { Closing } from '../../src/record/closing.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';
import type { SystemTableOptions } from '../../src/simulator/services/system-table.js';
import { hash } from '../../src/simulator/wire/random.js';
import { workKey } from '../../src/tree/layout.js';
import type { TruthPlace } from './known-truth.js';

/** A system table that forgets some executions and names somebody else for a few. */
export interface WitnessTable extends SystemTableOptions {
  /** The table tells of the execution, once it has ended. */
  readonly tells: (row: TruthRow) => boolean;
}

const SOMEBODY_ELSE = 'arn:aws:iam::111122223333:user/somebody-else';

export function tableOf(seed: number, { startsAt }: { readonly startsAt: number }): WitnessTable {
  const isForgotten = (id: string) => hash(seed, 'forgotten', id) % 12 === 0;
  return {
    enabledAt: startsAt,
    delayMs: 15 * 60_000,
    isForgotten,
    principalOf: (id) => (hash(seed, 'somebody else', id) % 15 === 0 ? SOMEBODY_ELSE : null),
    tells: ({ queryExecutionId }) => queryExecutionId !== null && !isForgotten(queryExecutionId),
  };
}

/** Compares what the closings of whole days say of the table with what is in it. */
export async function tableFaults(
  store: ReportStore,
  known: {
    readonly table: WitnessTable;
    readonly truth: readonly TruthRow[];
    readonly days: readonly ReportDay[];
    readonly places: readonly TruthPlace[];
  },
): Promise<string[]> {
  const { table, truth, days, places } = known;
  const faults: string[] = [];
  for (const { reportDate, window } of days) {
    const stored = await store.read(workKey.closing(reportDate));
    const closing = stored ? (JSON.parse(Buffer.from(stored.bytes).toString()) as Closing) : null;
    for (const { accountId, region } of places) {
      const said = closing?.systemTables?.find((one) => one.accountId === accountId && one.region === region);
      const place = `${reportDate} ${region}: the system table`;
      if (!said || said.failure !== null) {
        faults.push(`${place} was not asked: ${said?.failure ?? 'nothing is said of it'}`);
        continue;
      }
      const told = truth.filter(
        (row) =>
          row.accountId === accountId &&
          row.region === region &&
          window.start <= row.submittedAt &&
          row.submittedAt < window.end &&
          table.tells(row),
      );
      if (said.seen !== told.length) faults.push(`${place} has ${told.length} executions, ${said.seen} are said`);
      const others = told.filter(
        ({ queryExecutionId, starts, isConflict }) =>
          !isConflict &&
          starts.some(({ time }) => window.start <= time && time < window.end) &&
          table.principalOf?.(queryExecutionId ?? '') != null,
      );
      for (const { queryExecutionId } of others)
        if (!said.disagreeing.includes(queryExecutionId ?? ''))
          faults.push(`${place} names somebody else for ${queryExecutionId}, and nobody says so`);
    }
  }
  return faults;
}
