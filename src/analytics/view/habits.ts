import { type RunSql, type Scope, scopeSql, timeSql } from './scope.js';
import { QUERIES } from './totals.js';

/** Queries in an hour of the week. */
export interface WeekCell {
  /** 1 to 7 from Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly queries: number;
}

/** That somebody touched a table for the first time. */
export interface FirstTouch {
  readonly person: string;
  readonly table_name: string;
  /** Epoch milliseconds. */
  readonly first: number;
  readonly queries: number;
  readonly bytes: number | null;
  readonly id: string;
}

/** Counts by hour of the week on the wall clock of a zone. */
export async function hoursOfWeek(run: RunSql, scope: Scope, timezone: string): Promise<WeekCell[]> {
  const rows = await run(
    `SELECT epoch_ms(start_time) // 900000 AS slot, ${QUERIES} AS queries FROM query_log
     WHERE ${scopeSql(scope)} GROUP BY slot`,
  );
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const cells = new Map<string, number>();
  for (const row of rows) {
    const parts = format.formatToParts(Number(row.slot) * 900_000);
    const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
    const cell = `${WEEKDAYS.indexOf(part('weekday')) + 1}.${Number(part('hour'))}`;
    cells.set(cell, (cells.get(cell) ?? 0) + Number(row.queries));
  }
  return [...cells]
    .map(([cell, queries]) => {
      const [weekday, hour] = cell.split('.').map(Number);
      return { weekday: weekday ?? 1, hour: hour ?? 0, queries };
    })
    .sort((a, b) => a.weekday - b.weekday || a.hour - b.hour);
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Tables that somebody touched for the first time ever (as far as is collected) within the scope's window. */
export async function firstTouches(run: RunSql, scope: Scope, limit: number): Promise<FirstTouch[]> {
  const everBefore = scopeSql({ ...scope, window: { start: 0, end: scope.window.end } });
  return run(
    `SELECT person, table_name, epoch_ms(min(start_time)) AS first, count(*) AS queries, sum(data_scanned_bytes)::BIGINT AS bytes,
       arg_min(id, start_time) AS id
     FROM (SELECT person, start_time, data_scanned_bytes, coalesce(query_execution_id, event_id) AS id,
             unnest(tables_read) AS table_name FROM query_log WHERE ${everBefore} AND person IS NOT NULL)
     GROUP BY person, table_name HAVING ${timeSql(scope.window).replaceAll('start_time', 'min(start_time)')}
     ORDER BY first DESC LIMIT ${limit}`,
  );
}
