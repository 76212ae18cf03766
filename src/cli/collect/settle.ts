import { LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import { changeFormat } from '../../collect/days/change-format.js';
import { type DeepReason, deepReason, deepReasonText } from '../../collect/days/deep-due.js';
import { rescan } from '../../collect/days/rescan.js';
import { type Settled, settle } from '../../collect/days/settle.js';
import { EVIDENCE_WAY_OUT, EvidenceLost, isEvidenceLost } from '../../collect/evidence/evidence-lost.js';
import type { Manifest } from '../../record/manifest.js';
import { hourFolder } from '../../tree/layout.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { parseFormat } from './collect-options.js';
import type { addSettle } from './commands-collect.js';
import { createMissing, partialText } from './partial.js';
import { openRevisit } from './settle-options.js';

export type SettleArguments = Partial<OptionsOf<typeof addSettle>> & TreeArgument;

/** `aqt settle`: late events, then every open hour again; says what changed and what is still open, and why. */
export async function runSettle(options: SettleArguments, io: Io): Promise<number> {
  const lost: string[] = [];
  const format = options.format === undefined ? null : parseFormat(options.format);
  const { collector, sources, isOffline, close } = await openRevisit(options, io);
  const onLost = (error: Error) => void lost.push(error instanceof EvidenceLost ? error.brief : error.message);
  const hours = new Map<string, Settled>();
  const note = ({ before, after }: Settled) => {
    const known = hours.get(nameOf(after));
    hours.set(nameOf(after), { before: known ? known.before : before, after });
  };
  const written = new Map<string, Manifest>();
  let scanned: 'none' | 'recent' | 'deep' = 'none';
  let reason: DeepReason | null = null;
  try {
    if (options.mend) for await (const settled of settle(collector, { isMending: true, onLost })) note(settled);
    if (format) for await (const changed of changeFormat(collector, format)) note(changed);
    if (options.scan !== false && !isOffline) {
      if (options.deep === undefined) reason = await deepReason(collector.store, io.clock.now());
      scanned = options.deep || reason ? 'deep' : 'recent';
      try {
        for await (const settled of rescan(collector, sources, scanned)) {
          note(settled);
          written.set(hourFolder(settled.after), settled.after);
        }
      } catch (error) {
        if (!isEvidenceLost(error)) throw error;
        onLost(error);
      }
    }
    for await (const settled of settle(collector, { written, onLost })) note(settled);
  } finally {
    await close();
  }
  const changed = [...hours.values()]
    .filter(({ before, after }) => isChanged(before, after))
    .sort((a, b) => (nameOf(a.after) < nameOf(b.after) ? -1 : 1));
  const open = [...hours.values()].map(({ after }) => after).filter(({ status }) => status === 'open');
  const unsettled = [...new Set(lost)];
  if (options.json) io.stdout(`${JSON.stringify({ ...jsonOf(scanned, changed, open), lost: unsettled }, null, 2)}\n`);
  else io.stdout(textOf({ scanned, reason, visited: hours.size, changed, open }));
  for (const message of unsettled) io.stderr(`aqt: not settled: ${message}\n`);
  if (unsettled.length > 0) io.stderr(`aqt: ${EVIDENCE_WAY_OUT}\n`);
  const missing = createMissing();
  for (const { after } of hours.values()) missing.add(after);
  const notRead = missing.all(sources.failures());
  if (notRead.length > 0) io.stderr(partialText(notRead));
  if (notRead.length > 0) return EXIT.partial;
  // What is kept is enough to mend with; to settle somebody must be asked.
  if (isOffline && !options.mend && !format) return EXIT.permission;
  return unsettled.length > 0 ? EXIT.findings : EXIT.done;
}

function isChanged(before: Manifest | null, after: Manifest): boolean {
  return (
    before === null ||
    before.version !== after.version ||
    before.collectedAt !== after.collectedAt ||
    before.status !== after.status ||
    before.pending.length !== after.pending.length
  );
}

function jsonOf(scanned: string, changed: readonly Settled[], open: readonly Manifest[]) {
  const side = ({ version, status, pending, ledger }: Manifest) => ({
    version,
    status,
    rows: ledger.rows,
    pending: pending.length,
  });
  return {
    schema_version: 1,
    scanned,
    changed: changed.map(({ before, after }) => ({
      reportDate: after.reportDate,
      hour: after.hour,
      before: before ? side(before) : null,
      after: side(after),
    })),
    open: open.map((manifest) => ({
      reportDate: manifest.reportDate,
      hour: manifest.hour,
      pending: manifest.pending,
      lateEventsUntil: lateUntil(manifest),
    })),
  };
}

function textOf(result: {
  readonly scanned: 'none' | 'recent' | 'deep';
  readonly reason: DeepReason | null;
  readonly visited: number;
  readonly changed: readonly Settled[];
  readonly open: readonly Manifest[];
}): string {
  const { scanned, reason, visited, changed, open } = result;
  const why = reason && deepReasonText(reason);
  const deep = `read the last 31 days again${why ? `, for ${why}` : ''}; `;
  const scans = { none: '', recent: 'read the last 48 hours again; ', deep };
  const arrow = (before: number | string, after: number | string) =>
    before === after ? `${after}` : `${before} → ${after}`;
  const lines = [
    `${scans[scanned]}${visited} hours visited, ${changed.length} changed`,
    ...changed.map(
      ({ before, after }) =>
        `${nameOf(after)}  version ${arrow(before?.version ?? 'lost', after.version)}  rows ${arrow(before?.ledger.rows ?? 0, after.ledger.rows)}  ` +
        `to settle ${arrow(before?.pending.length ?? 0, after.pending.length)}  ${arrow(before?.status ?? 'lost', after.status)}`,
    ),
    ...(changed.some(({ before, after }) => before !== null && before.version !== after.version)
      ? ['What changed, row by row: _work/diffs/<date>/h<hour>-v<version>.json']
      : []),
    ...reasons(open),
  ];
  return `${lines.join('\n')}\n`;
}

/** Why hours are open: ids that are not settled, or events that may still come. */
function reasons(open: readonly Manifest[]): string[] {
  const unsettled = open.filter(({ pending }) => pending.length > 0);
  const waiting = open.filter(({ pending }) => pending.length === 0);
  const last = waiting.map(lateUntil).sort().at(-1);
  const ids = unsettled.reduce((sum, { pending }) => sum + pending.length, 0);
  if (open.length === 0) return ['Every hour is final.'];
  return [
    `${open.length} hours are still open:`,
    ...(waiting.length > 0
      ? [`  ${waiting.length} because events may come late, the last until ${last?.slice(0, 10)}`]
      : []),
    ...(unsettled.length > 0
      ? [
          `  ${unsettled.length} because ${ids} executions still run, failed a moment ago, or gave no answer: ${unsettled.slice(0, 6).map(nameOf).join(', ')}${unsettled.length > 6 ? ', …' : ''}`,
        ]
      : []),
  ];
}

function lateUntil({ window }: Manifest): string {
  return new Date(Date.parse(window.end) + LATE_EVENT_BOUND_MS).toISOString();
}

function nameOf({ reportDate, hour }: Manifest): string {
  return `${reportDate} ${String(hour).padStart(2, '0')}h`;
}
