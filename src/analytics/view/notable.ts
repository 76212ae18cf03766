import { contains, type Window } from '../../calendar/window.js';
import { isOneOf, literal } from '../cache/sql-text.js';
import type { Summary } from '../groups/summary.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';

/** Something in a view that deserves a look: a fact with its numbers, never a guess about intent. */
export interface Notable {
  readonly kind: 'refused' | 'sensitive' | 'new-person' | 'failing' | 'spike' | 'unresolved';
  readonly title: string;
  readonly detail: string;
  /** Query string of the queries behind it. */
  readonly link: string;
}

/** Looks for what people ask about first. `sensitive` are patterns of table names, `*` stands for any text. */
export async function notables(
  run: RunSql,
  scope: Scope,
  {
    summary,
    sensitive,
    collected,
    firstSeen,
    firstReaders,
  }: {
    /** Of the scope. */
    readonly summary: Summary;
    readonly sensitive: readonly string[];
    readonly collected: Window;
    /** `firstSeenOf` all that is collected; it changes with the generation only. */
    readonly firstSeen: readonly FirstSeen[];
    /** `firstReadersOf` all that is collected. */
    readonly firstReaders: readonly FirstReader[];
  },
): Promise<Notable[]> {
  const found = [
    ...(await refusals(run, summary)),
    ...(await sensitiveReads(run, summary, {
      sensitive,
      fresh: isEarly(scope, collected) ? [] : firstReaders.filter(({ at }) => contains(scope.window, at)),
    })),
    ...(await newPeople(
      run,
      summary,
      isEarly(scope, collected) ? [] : firstSeen.filter(({ at }) => contains(scope.window, at)),
    )),
    ...(await failing(run, summary)),
    ...(await spike(run, scope)),
    ...(await unresolved(run, summary)),
  ];
  return found;
}

async function refusals(run: RunSql, { table }: Summary): Promise<Notable[]> {
  const rows = await run(
    `SELECT coalesce(person, username) AS who, person, sum(refused)::BIGINT AS n FROM ${table} WHERE refused > 0
     GROUP BY ALL ORDER BY n DESC, who`,
  );
  const [first] = rows;
  if (!first) return [];
  const total = rows.reduce((sum, row) => sum + Number(row.n), 0);
  return [
    {
      kind: 'refused',
      title: `${plural(total, 'attempt')} refused by AWS`,
      detail: `${plural(rows.length, 'person', 'people')}; most by ${first.who} (${first.n})`,
      link: 'state=REFUSED',
    },
  ];
}

async function sensitiveReads(
  run: RunSql,
  { table }: Summary,
  { sensitive, fresh }: { readonly sensitive: readonly string[]; readonly fresh: readonly FirstReader[] },
): Promise<Notable[]> {
  if (sensitive.length === 0) return [];
  const rows = await run(
    `SELECT table_name, sum(n)::BIGINT AS n, count(DISTINCT who) AS people, count(DISTINCT who) FILTER (agents > 0) AS agents
     FROM (
       SELECT coalesce(person, username) AS who, lines AS n, CASE WHEN person_kind = 'agent' THEN lines ELSE 0 END AS agents,
         unnest(r) AS table_name
       FROM ${table})
     WHERE ${isSensitive('table_name', sensitive)} GROUP BY table_name ORDER BY n DESC, table_name LIMIT 3`,
  );
  return rows.map((row) => {
    const newcomers = fresh.filter(({ table }) => table === row.table_name).map(({ who }) => who);
    const agents = Number(row.agents);
    const others = newcomers.length > 3 ? ` and ${plural(newcomers.length - 3, 'other')}` : '';
    return {
      kind: 'sensitive' as const,
      title: `${shortTable(String(row.table_name))} was read ${plural(Number(row.n), 'time')}`,
      detail: `by ${plural(Number(row.people), 'person or workload', 'people and workloads')}${agents > 0 ? `, through an agent by ${agents.toLocaleString('en-US')}` : ''}${newcomers.length > 0 ? `, for the first time by ${newcomers.slice(0, 3).join(', ')}${others}` : ''}; the name is on the list of sensitive tables`,
      link: `reads=${encodeURIComponent(String(row.table_name))}`,
    };
  });
}

/** That a table is on the list of sensitive ones, in whatever catalog. */
function isSensitive(sql: string, sensitive: readonly string[]): string {
  const regex = sensitive
    .map((glob) =>
      glob
        .toLowerCase()
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*'),
    )
    .join('|');
  return `regexp_full_match(${sql}, ${literal(`(?:[^.]+\\.)?(?:${regex})`)})`;
}

/** When somebody read a sensitive table for the first time. */
export interface FirstReader {
  readonly table: string;
  readonly who: string;
  readonly at: number;
}

/** The first readers of each sensitive table, over all that is collected, the latest first. */
export async function firstReadersOf(run: RunSql, sensitive: readonly string[]): Promise<FirstReader[]> {
  if (sensitive.length === 0) return [];
  return run(
    `SELECT table_name AS "table", who, epoch_ms(min(began)) AS at
     FROM (
       SELECT who, began, unnest(tables_read) AS table_name
       FROM (SELECT coalesce(person, username) AS who, tables_read, min(start_time) AS began FROM query_log
             WHERE len(tables_read) > 0 GROUP BY who, tables_read))
     WHERE who IS NOT NULL AND ${isSensitive('table_name', sensitive)} GROUP BY table_name, who ORDER BY 3 DESC, who`,
  );
}

/** When somebody ran the first query that is collected. */
export interface FirstSeen {
  readonly person: string;
  readonly at: number;
}

export async function firstSeenOf(run: RunSql): Promise<FirstSeen[]> {
  const rows = await run(
    `SELECT person, epoch_ms(min(start_time)) AS at FROM query_log WHERE person IS NOT NULL GROUP BY person`,
  );
  return rows.map((row) => ({ person: String(row.person), at: Number(row.at) }));
}

async function newPeople(run: RunSql, { table }: Summary, seen: readonly FirstSeen[]): Promise<Notable[]> {
  if (seen.length === 0) return [];
  const rows = await run(
    `SELECT person FROM ${table} WHERE ${isOneOf(
      'person',
      seen.map(({ person }) => literal(person)),
    )} GROUP BY person ORDER BY min(first) DESC, person`,
  );
  if (rows.length === 0) return [];
  const names = rows.slice(0, 3).map((row) => String(row.person));
  return [
    {
      kind: 'new-person',
      title: `${plural(rows.length, 'person or workload', 'people and workloads')} seen for the first time`,
      detail: `${names.join(', ')}${rows.length > 3 ? ' …' : ''}`,
      link: rows
        .slice(0, MOST_LINKED)
        .map((row) => `person=${encodeURIComponent(String(row.person))}`)
        .join('&'),
    },
  ];
}

/** With little history before the view everybody would be new. */
function isEarly({ window }: Scope, collected: Window): boolean {
  return window.start - collected.start < DAY * 3;
}

async function failing(run: RunSql, { table }: Summary): Promise<Notable[]> {
  const [row] = await run(
    `SELECT fingerprint, any_value(who) AS who, sum(n)::BIGINT AS runs, sum(bad)::BIGINT AS failed, count(*) AS people
     FROM (SELECT fingerprint, coalesce(person, username) AS who, sum(lines) AS n, sum(failed) AS bad
           FROM ${table} WHERE fingerprint IS NOT NULL GROUP BY ALL)
     GROUP BY fingerprint
     HAVING failed >= 5 AND failed >= 0.3 * runs ORDER BY failed DESC, fingerprint LIMIT 1`,
  );
  if (!row) return [];
  const who = Number(row.people) === 1 ? `by ${row.who}` : `by ${row.people} people`;
  return [
    {
      kind: 'failing',
      title: `One pattern fails again and again: ${row.failed} of ${row.runs} runs`,
      detail: who,
      link: `fingerprint=${encodeURIComponent(String(row.fingerprint))}&state=FAILED`,
    },
  ];
}

async function spike(run: RunSql, scope: Scope): Promise<Notable[]> {
  const rows = await run(
    `SELECT strftime(report_date, '%Y-%m-%d') AS day, sum(cost_nanos) / 1e9 AS usd FROM query_log
     WHERE ${scopeSql(scope)} GROUP BY report_date ORDER BY report_date`,
  );
  if (rows.length < 5) return [];
  const usual = median(rows.map((row) => Number(row.usd ?? 0)));
  const highest = rows.reduce((most, row) => (Number(row.usd ?? 0) > Number(most.usd ?? 0) ? row : most));
  if (Number(highest.usd) < Math.max(usual * 1.6, usual + 1)) return [];
  const day = String(highest.day);
  return [
    {
      kind: 'spike',
      title: `${day} cost ${(Number(highest.usd) / Math.max(usual, 0.01)).toFixed(1)} times the usual day`,
      detail: `$${Number(highest.usd).toFixed(2)} against a median of $${usual.toFixed(2)}`,
      link: `from=${day}&to=${day}&sort=cost`,
    },
  ];
}

async function unresolved(run: RunSql, { table }: Summary): Promise<Notable[]> {
  const [row] = await run(
    `SELECT sum(queries) FILTER (person IS NULL)::BIGINT AS n, sum(queries)::BIGINT AS total, count(DISTINCT username) FILTER (person IS NULL) AS users
     FROM ${table} WHERE queries > 0`,
  );
  const n = Number(row?.n ?? 0);
  if (n === 0) return [];
  return [
    {
      kind: 'unresolved',
      title: `${plural(n, 'query', 'queries')} without a person (${((n / Number(row?.total)) * 100).toFixed(1)} %)`,
      detail: `${plural(Number(row?.users), 'session name')}; Identities says why and how to mend it`,
      link: 'person=(none)',
    },
  ];
}

const DAY = 86_400_000;
/** People whom an address can name: it stays below eight kilobytes. */
const MOST_LINKED = 150;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

function shortTable(name: string): string {
  return name.startsWith('awsdatacatalog.') ? name.slice('awsdatacatalog.'.length) : name;
}
