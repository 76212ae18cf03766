import { GROUP_KEYS } from '../groups/groups.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { QUERIES } from '../view/totals.js';
import { slotSql } from './histogram.js';
import { bucketIndex, bucketsOf, grainOf } from './time-range.js';

/** What bars can be stacked by. */
export const STACK_NAMES = ['person', 'workgroup', 'table', 'app'] as const;
export type StackName = (typeof STACK_NAMES)[number];

/** What is stacked. */
export const STACK_MEASURES = ['queries', 'cost', 'bytes'] as const;
export type StackMeasure = (typeof STACK_MEASURES)[number];

export interface StackSeries {
  /** Null is what has no such name. */
  readonly key: string | null;
  /** True of all that have no series of their own. */
  readonly isRest: boolean;
  /** How many names the rest holds. */
  readonly names: number;
  /** Amounts by bar of `histogramOf`: queries, dollars or bytes. */
  readonly amounts: readonly number[];
  readonly total: number;
}

export interface Stack {
  readonly by: StackName;
  readonly measure: StackMeasure;
  /** The greatest first, the rest last; they add up to the bars of the scope. */
  readonly series: readonly StackSeries[];
}

/** Series with a colour of their own. */
const MOST = 7;

/**
 * Takes the bars of a scope apart. By table a query is split evenly over the tables it reads (over those it writes when it reads
 * none), so that the parts add up.
 */
export async function stackOf(
  run: RunSql,
  scope: Scope,
  { by, measure, timezone }: { readonly by: StackName; readonly measure: StackMeasure; readonly timezone: string },
): Promise<Stack> {
  const { windows } = bucketsOf(scope.window, timezone);
  const grain = grainOf(windows);
  const amount = AMOUNTS[measure];
  const slot = slotSql(grain);
  const where = scopeSql(scope);
  const summed =
    by === 'table'
      ? `SELECT unnest(touched) AS key, slot, amount / len(touched) AS amount
         FROM (SELECT CASE WHEN len(tables_read) > 0 THEN tables_read WHEN len(tables_written) > 0 THEN tables_written ELSE [NULL] END AS touched,
                 ${slot} AS slot, ${amount}::DOUBLE AS amount FROM query_log WHERE ${where} GROUP BY touched, slot)`
      : `SELECT ${GROUP_KEYS[by]} AS key, ${slot} AS slot, ${amount}::DOUBLE AS amount FROM query_log WHERE ${where} GROUP BY key, slot`;
  const rows = await run<StackRow>(
    `WITH parts AS (${summed}),
     ranked AS (
       SELECT key, row_number() OVER (ORDER BY sum(amount) DESC, key) AS place, count(*) OVER () AS names FROM parts GROUP BY key HAVING sum(amount) > 0)
     SELECT CASE WHEN ranked.place <= ${MOST} THEN ranked.place END AS place, any_value(CASE WHEN place <= ${MOST} THEN parts.key END) AS key,
       any_value(names) AS names, slot, sum(amount) AS amount
     FROM parts JOIN ranked ON parts.key IS NOT DISTINCT FROM ranked.key GROUP BY 1, slot ORDER BY 1 NULLS LAST`,
  );
  const places = [...new Set(rows.map(({ place }) => place))];
  const series = places.map((place) => {
    const own = rows.filter((row) => row.place === place);
    const amounts = new Array<number>(windows.length).fill(0);
    for (const row of own) {
      const index = bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms);
      if (index >= 0) amounts[index] = (amounts[index] ?? 0) + Number(row.amount ?? 0);
    }
    const isRest = place === null;
    return {
      key: isRest ? null : (own[0]?.key ?? null),
      isRest,
      names: isRest ? Number(own[0]?.names ?? 0) - MOST : 1,
      amounts,
      total: amounts.reduce((sum, one) => sum + one, 0),
    };
  });
  return { by, measure, series };
}

interface StackRow {
  readonly place: number | null;
  readonly key: string | null;
  /** Of the whole scope. */
  readonly names: number;
  readonly slot: number;
  readonly amount: number | null;
}

const AMOUNTS: Readonly<Record<StackMeasure, string>> = {
  queries: QUERIES,
  cost: 'coalesce(sum(cost_nanos), 0) / 1e9',
  bytes: 'coalesce(sum(data_scanned_bytes), 0)',
};
