import { UsageError } from '../../compose/usage-error.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { compactDay, TOO_MANY_SUMS } from '../../tree/daily/compact-day.js';
import { ReportDiffers } from '../../tree/daily/day-rows.js';
import { MANIFEST_NAME } from '../../tree/layout.js';
import { listKeys } from '../../tree/list-keys.js';
import { treeView } from '../../tree/tree-view.js';
import { noReports, openTree } from '../look/open-tree.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { addCompact } from './commands-operate.js';

export type CompactArguments = OptionsOf<typeof addCompact> & TreeArgument;

/**
 * `aqt compact`: merges each closed day into one Parquet file beside the hourly tree, `daily/date=YYYY-MM-DD/queries.parquet`, and its
 * sums by person, workgroup and table into `rollups/date=YYYY-MM-DD/sums.parquet`, for tools that read many days. The hourly reports stay as they are and stay the truth; a day whose hours have not changed, and whose
 * file is what it was, is left alone.
 */
export async function runCompact(options: CompactArguments, io: Io): Promise<number> {
  const store = await openTree(options, io);
  const counts = { written: 0, unchanged: 0, notClosed: 0, rows: 0, bytes: 0 };
  const faulty: { readonly day: string; readonly why: string }[] = [];
  for (const { tree, reportDate } of await daysOf(store, options)) {
    io.signal.throwIfAborted();
    const day = `${tree}${reportDate}`;
    const reader = { store: treeView(store, tree), codec: REPORT_CODEC, signal: io.signal };
    try {
      const made = await compactDay(reader, reportDate, { isProving: true });
      if (made.kind === 'not-closed') counts.notClosed += 1;
      else if (made.kind === 'unchanged') counts.unchanged += 1;
      else {
        counts.written += 1;
        counts.rows += made.note.report.rows;
        counts.bytes += made.note.report.bytes;
        if (!made.note.rollup.isWhole) io.stderr(`${day} ${TOO_MANY_SUMS}\n`);
        if (io.isStderrTty) io.stderr(`${day}: ${made.note.report.rows} rows\n`);
      }
    } catch (error) {
      if (!(error instanceof ReportDiffers)) throw error;
      faulty.push({ day, why: error.message });
      io.stderr(`${day}: ${error.message}\n`);
    }
  }
  if (options.json) io.stdout(`${JSON.stringify({ schema_version: 1, ...counts, faulty })}\n`);
  else {
    const damaged = faulty.length > 0 ? `, ${faulty.length} not written: their reports are damaged` : '';
    io.stdout(
      `${counts.written} days written (${counts.rows} rows, ${Math.round(counts.bytes / 1000)} KB), ${counts.unchanged} unchanged, ${counts.notClosed} not closed yet${damaged}\n`,
    );
  }
  return faulty.length > 0 ? EXIT.findings : EXIT.done;
}

/** The days of which there are hours, tree by tree, in their order. @throws UsageError where there are none at all */
async function daysOf(
  store: ReportStore,
  { output, from, to }: CompactArguments,
): Promise<{ readonly tree: string; readonly reportDate: string }[]> {
  const days = new Map<string, { readonly tree: string; readonly reportDate: string }>();
  for await (const file of listKeys(store)) {
    if (file.kind !== 'hour' || file.name !== MANIFEST_NAME) continue;
    const { tree, label } = file;
    days.set(`${tree} ${label.reportDate}`, { tree, reportDate: label.reportDate });
  }
  if (days.size === 0) throw new UsageError(noReports(output));
  return [...days.values()].filter(({ reportDate }) => (!from || reportDate >= from) && (!to || reportDate <= to));
}
