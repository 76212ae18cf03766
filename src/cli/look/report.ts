import { writeFile } from 'node:fs/promises';
import { csvLine } from '../../analytics/cache/csv.js';
import { unpricedOf } from '../../analytics/cost/unpriced.js';
import { ATHENA_GROUPS, athenaGroupsSql } from '../../analytics/engine/athena-groups.js';
import { GROUP_KEYS, isTagName } from '../../analytics/groups/groups.js';
import { centsText, centsThatAddUp, toCents } from '../../analytics/view/money.js';
import type { RunSql } from '../../analytics/view/scope.js';
import { readDirectory } from '../../compose/open-inputs.js';
import { UsageError } from '../../compose/usage-error.js';
import { reservationsIn } from '../money/reservation-lines.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { readMasking } from '../terminal/mask-options.js';
import { askAthena, asksAthena, athenaScope, openAthenaEngine } from './athena-engine.js';
import type { addReport } from './commands-explore.js';
import { openReports } from './open-reports.js';
import { htmlReport } from './report-html.js';
import { athenaLines, nobody, reportLines } from './report-lines.js';
import { type ReportView, reportText } from './report-text.js';
import { scopeOf, tellUnmatched, type ViewArguments } from './view-options.js';

export type ReportArguments = Partial<OptionsOf<typeof addReport>> & TreeArgument & ViewArguments;

/** What a report can be made by. */
export const REPORT_KEYS: readonly string[] = [
  'person',
  'team',
  'workgroup',
  'table',
  'app',
  'fingerprint',
  'day',
  'cost-center',
  ...Object.keys(GROUP_KEYS),
].filter((key, index, all) => all.indexOf(key) === index);

/**
 * `aqt report`: queries, cost and bytes by person, team, table, …, for a view. The lines add up to the total, to the cent, and
 * what belongs to nobody is a line of its own.
 */
export async function runReport(options: ReportArguments, io: Io): Promise<number> {
  const by = options.by ?? 'person';
  if (!REPORT_KEYS.includes(by) && !isTagName(by))
    throw new UsageError(`--by ${by}: use ${REPORT_KEYS.join(', ')}, or tag:<key> of the workgroup`);
  if (by === 'cost-center' && !options.directory) {
    throw new UsageError(
      '--by cost-center needs --directory <file> with chargeback rules, or cost centres of teams and people',
    );
  }
  const { offline, html, mask } = options;
  if (asksAthena(options, { '--offline': offline, '--html': html, '--mask': mask }))
    return await reportOfAthena({ ...options, by }, io);
  const directory = await readDirectory(options.directory, { ...io, profile: options.profile });
  const cache = await openReports(options, io);
  try {
    const run: RunSql = (sql) => cache.rows(sql, io.signal);
    const view = await scopeOf(run, options);
    if (options.html !== undefined) {
      const mask = await readMasking(options);
      const page = await htmlReport(run, { ...view, directory, mask, output: options.output, now: io.clock.now() });
      if (options.html === '-') io.stdout(page);
      else {
        await writeFile(options.html, page);
        io.stderr(`${options.html} (${Math.round(Buffer.byteLength(page) / 1024)} KB, needs no network)\n`);
      }
      return EXIT.done;
    }
    const lines = await reportLines(run, view.scope, { by, directory });
    const reservations = await reservationsIn(run, view.scope);
    const unpriced = await unpricedOf(run, view.scope);
    await print(run, { ...view, lines, reservations, unpriced, by, output: options.output, options }, io);
    if (lines.length === 0) await tellUnmatched(run, view.scope, io);
    return EXIT.done;
  } finally {
    cache.close();
  }
}

/** The same lines from the deployed table; what only manifests and settings know is not there, and said to be missing. */
async function reportOfAthena(options: ReportArguments & { readonly by: string }, io: Io): Promise<number> {
  const { by, output } = options;
  if (!ATHENA_GROUPS.includes(by))
    throw new UsageError(`--by ${by} is of the cache alone: with --engine athena use ${ATHENA_GROUPS.join(', ')}`);
  const engine = await openAthenaEngine(options, io);
  const scope = athenaScope(options, engine, io.clock.now());
  const answer = askAthena(athenaGroupsSql(scope, by), { ...engine, window: scope.window }, io);
  const lines = await athenaLines(answer, by);
  const { timezone } = engine;
  await print(null, { scope, timezone, missing: null, lines, reservations: [], unpriced: [], by, output, options }, io);
  return EXIT.done;
}

interface Printed extends ReportView {
  readonly options: ReportArguments;
}

async function print(run: RunSql | null, printed: Printed, io: Io): Promise<void> {
  const { lines, by, options } = printed;
  const cents = centsThatAddUp(lines.map(({ nanos }) => nanos));
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(printed, cents), null, 2)}\n`);
  else if (options.csv) {
    io.data(csvLine([by, 'queries', 'refused', 'failed', 'people', 'scanned_bytes', 'cost_usd']));
    for (const [index, line] of lines.entries()) {
      const cost = plainCents(cents[index] ?? 0n);
      io.data(
        csvLine([
          line.key ?? nobody(by),
          line.queries,
          line.refused,
          line.failed,
          line.people,
          line.scannedBytes.toString(),
          cost,
        ]),
      );
    }
  } else io.stdout(await reportText(run, printed, io));
}

function jsonOf({ lines, reservations, unpriced, by, scope, timezone, missing }: Printed, cents: readonly bigint[]) {
  const total = lines.reduce((sum, { nanos }) => sum + nanos, 0n);
  return {
    schema_version: 1,
    by,
    from: new Date(scope.window.start).toISOString(),
    to: new Date(scope.window.end).toISOString(),
    timezone,
    missing_hours: missing?.gaps ?? null,
    faulty_hours: missing?.faulty ?? null,
    hours_lacking_places: missing?.lacking ?? null,
    total: {
      queries: lines.reduce((sum, { queries }) => sum + queries, 0),
      refused: lines.reduce((sum, { refused }) => sum + refused, 0),
      cost_usd: plainCents(toCents(total)),
      cost_nano_usd: total.toString(),
    },
    reservations: missing && reservations,
    unpriced: missing && unpriced,
    rows: lines.map((line, index) => ({
      key: line.key,
      queries: line.queries,
      refused: line.refused,
      failed: line.failed,
      people: line.people,
      scanned_bytes: line.scannedBytes.toString(),
      cost_usd: plainCents(cents[index] ?? 0n),
      cost_nano_usd: line.nanos.toString(),
    })),
  };
}

function plainCents(cents: bigint): string {
  return centsText(cents).replaceAll(',', '');
}
