import { hourName } from '../../calendar/hour-label.js';
import type { NotReadNote } from '../../cloudtrail/not-read.js';
import {
  type ClosingFacts,
  type FileChangesFacts,
  type HourFacts,
  type IdSum,
  NO_IDS,
  type RepeatedRows,
  type SourceFacts,
  type TreeFacts,
} from '../../findings/facts.js';
import { CONTRADICTION } from '../../record/start-groups.js';
import type { Row } from '../cache/duck.js';
import type { RunSql } from '../view/scope.js';

/** What was noticed of log files in each tree, by its folder: it is kept beside the reports, and no cache holds it. */
export type FileChangesByTree = Readonly<Record<string, readonly FileChangesFacts[]>>;

/**
 * What the cache knows of each tree, by its folder: what manifests, rows and closings say, and what was noticed of log files. `aqt
 * verify` also recomputes the bytes, and tells what only the bytes of seals and evidence prove.
 */
export async function cachedFacts(run: RunSql, fileChanges: FileChangesByTree): Promise<Map<string, TreeFacts>> {
  const [hours, closings, repeated, copies] = await Promise.all([
    hoursIn(run),
    closingsIn(run),
    repeatedIn(run),
    run('SELECT tree FROM copy_log'),
  ]);
  const alone = new Set(copies.map(({ tree }) => String(tree)));
  return new Map(
    [...hours].map(([tree, own]) => {
      const isCopy = alone.has(tree);
      const facts = {
        hours: own,
        closings: isCopy ? null : (closings.get(tree) ?? []),
        missing: [],
        untold: [],
        rewritten: [],
        daily: [],
        fileChanges: fileChanges[tree] ?? [],
        isCopy,
      };
      return [tree, { ...facts, repeated: repeated.get(tree) ?? [] }];
    }),
  );
}

const DATE = `strftime(report_date, '%Y-%m-%d') AS date`;

async function hoursIn(run: RunSql): Promise<Map<string, HourFacts[]>> {
  const [hours, sources, files, sums] = await Promise.all([
    run(
      `SELECT hour_id, tree, ${DATE}, hour, timezone, epoch_ms(window_start) AS start_ms, epoch_ms(window_end) AS end_ms, status, malformed
       FROM hour_log WHERE timezone IS NOT NULL ORDER BY tree, report_date, hour`,
    ),
    run(
      `SELECT hour_id, account_id, region, failure, coalesce(digest_findings, 0) AS digest_findings FROM source_log
       WHERE failure IS NOT NULL OR digest_findings > 0 ORDER BY rowid`,
    ),
    run('SELECT hour_id, name, reason, way_out FROM not_read_log ORDER BY rowid'),
    run(
      `WITH told AS (
         SELECT hour_id, start_time, query_execution_id, event_id, coalesce(query_execution_id, 'event ' || event_id) AS told_id,
           CASE attribution WHEN 'refused' THEN 'conflict' ELSE attribution END AS told_as FROM query_log
         WHERE attribution IN ('unattributed', 'conflict')
           OR (attribution = 'refused' AND starts_with(identity_evidence[1], '${CONTRADICTION}')))
       SELECT hour_id, told_as, count(*) AS n, list(told_id ${ROW_ORDER})[1:5] AS ids, sha256(string_agg(told_id || chr(10), '' ${ROW_ORDER})) AS hash
       FROM told GROUP BY hour_id, told_as`,
    ),
  ]);
  const sourcesOf = groupedBy(sources, 'hour_id', sourceOf);
  const filesOf = groupedBy(files, 'hour_id', fileOf);
  const sumOf = new Map(sums.map((row) => [`${row.hour_id} ${row.told_as}`, idSumOf(row)]));
  const trees = new Map<string, HourFacts[]>();
  for (const row of hours) {
    const id = String(row.hour_id);
    const held = trees.get(String(row.tree)) ?? [];
    trees.set(String(row.tree), held);
    held.push({
      ...{ reportDate: String(row.date), hour: Number(row.hour), timezone: String(row.timezone) },
      window: { start: Number(row.start_ms), end: Number(row.end_ms) },
      isOpen: row.status === 'open',
      malformed: Number(row.malformed ?? 0),
      sources: sourcesOf.get(id) ?? [],
      notRead: filesOf.get(id) ?? [],
      unattributed: sumOf.get(`${id} unattributed`) ?? NO_IDS,
      conflict: sumOf.get(`${id} conflict`) ?? NO_IDS,
      partsGone: 0,
    });
  }
  return trees;
}

/** The order of rows in a report: a sum of ids depends on it. */
const ROW_ORDER = 'ORDER BY start_time, query_execution_id NULLS LAST, event_id NULLS LAST';

/** Executions and refused attempts of several hours, told in the tree of the first of them. */
async function repeatedIn(run: RunSql): Promise<Map<string, RepeatedRows[]>> {
  // Nearly every id is alone: numbers made of them find those that may not be, and their texts decide.
  const rows = await run(
    `WITH named AS (SELECT coalesce(query_execution_id, 'event ' || event_id) AS id, hour_id FROM query_log),
       suspect AS (SELECT hash(id) AS number FROM named GROUP BY number HAVING min(hour_id) <> max(hour_id)),
       doubled AS (
         SELECT id, list(DISTINCT hour_id) AS hour_ids FROM named WHERE hash(id) IN (SELECT number FROM suspect)
         GROUP BY id HAVING count(DISTINCT hour_id) > 1),
       placed AS (
         SELECT id, list({'tree': tree, 'date': strftime(report_date, '%Y-%m-%d'), 'hour': hour} ORDER BY tree, report_date, hour) AS hours
         FROM (SELECT id, unnest(hour_ids) AS hour_id FROM doubled) JOIN hour_log USING (hour_id) GROUP BY id)
     SELECT to_json(hours) AS hours, count(*) AS n, list(id ORDER BY id)[1:5] AS ids,
       sha256(string_agg(id || chr(10), '' ORDER BY id)) AS hash
     FROM placed GROUP BY hours ORDER BY ALL`,
  );
  const trees = new Map<string, RepeatedRows[]>();
  for (const row of rows) {
    const hours = JSON.parse(String(row.hours)) as { tree: string; date: string; hour: number }[];
    const tree = hours[0]?.tree ?? '';
    const names = hours.map((one) => `${one.tree}${hourName({ reportDate: one.date, hour: one.hour })}`);
    trees.set(tree, [...(trees.get(tree) ?? []), { ...idSumOf(row), hours: names }]);
  }
  return trees;
}

async function closingsIn(run: RunSql): Promise<Map<string, ClosingFacts[]>> {
  const [closings, unlisted, tables] = await Promise.all([
    run(`SELECT file, tree, ${DATE} FROM closing_log ORDER BY tree, report_date`),
    run('SELECT file, account_id, region, workgroup, failure FROM unlisted_log ORDER BY rowid'),
    run('SELECT file, account_id, region, disagreements, disagreeing, failure FROM system_table_log ORDER BY rowid'),
  ]);
  const unlistedOf = groupedBy(unlisted, 'file', (row) => {
    return { ...placeOf(row), workGroup: String(row.workgroup), failure: String(row.failure) };
  });
  const tablesOf = groupedBy(tables, 'file', (row) => ({
    ...placeOf(row),
    disagreements: Number(row.disagreements),
    disagreeing: textsIn(row.disagreeing),
    failure: textOrNull(row.failure),
  }));
  const trees = new Map<string, ClosingFacts[]>();
  for (const { file, tree, date } of closings) {
    const held = trees.get(String(tree)) ?? [];
    trees.set(String(tree), held);
    const [own, said] = [unlistedOf.get(String(file)) ?? [], tablesOf.get(String(file)) ?? []];
    held.push({ reportDate: String(date), unlisted: own, systemTables: said });
  }
  return trees;
}

function groupedBy<T>(rows: readonly Row[], column: string, readRow: (row: Row) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const held = groups.get(String(row[column]));
    if (held) held.push(readRow(row));
    else groups.set(String(row[column]), [readRow(row)]);
  }
  return groups;
}

function sourceOf({ account_id, region, failure, digest_findings }: Row): SourceFacts {
  const [accountId, place] = [textOrNull(account_id), textOrNull(region)];
  return { accountId, region: place, failure: textOrNull(failure), digestFindings: Number(digest_findings) };
}

function fileOf({ name, reason, way_out }: Row): NotReadNote {
  return { name: String(name), reason: String(reason), wayOut: String(way_out) };
}

function idSumOf({ n, ids, hash }: Row): IdSum {
  return { count: Number(n), ids: textsIn(ids), hash: String(hash) };
}

function placeOf({ account_id, region }: Row): { readonly accountId: string; readonly region: string } {
  return { accountId: String(account_id), region: String(region) };
}

function textOrNull(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function textsIn(value: Row[string] | undefined): string[] {
  return (Array.isArray(value) ? value : []).flatMap((one) => (typeof one === 'string' ? [one] : []));
}
