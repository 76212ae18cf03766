import type { Start } from '../../cloudtrail/start.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import type { Definition } from '../../sql/definition-book.js';
import type { HourLine } from '../../tree/evidence/evidence-lines.js';
import { type EvidenceView, pinnedEvidence } from '../../tree/evidence/evidence-view.js';
import { isOfDay } from '../../tree/layout.js';
import { type CredentialLines, indexCredentialLines } from './credential-lines.js';
import type { WatchedDefinitions } from './definitions-asked.js';
import { differingColumns, type MadeWith, type PlacedLine, recomputeRow, rowId } from './recompute-row.js';

/** What a row of the sample was made from, as little of it as makes the row. */
export interface RowEvidence {
  readonly lines: readonly PlacedLine[];
  readonly definitions: readonly Definition[];
  /** Columns in which they say something else than the report; null when they make no such row. */
  readonly differs: readonly string[] | null;
}

/** Gathers the evidence of rows of one tree; what tells of credentials is read once for neighbouring days. */
export function createEvidenceGatherer(tree: {
  readonly store: ReportStore;
  readonly definitions: WatchedDefinitions;
}): (row: ReportRow, manifest: Manifest, madeWith: MadeWith) => Promise<RowEvidence> {
  let days: { readonly key: string; readonly lines: CredentialLines } | null = null;
  const credentials = async (view: EvidenceView, names: readonly string[]) => {
    const key = names.join(' ');
    if (days?.key !== key) days = { key, lines: indexCredentialLines(await allLines(view, names)) };
    return days.lines;
  };
  return async (row, manifest, madeWith) => {
    const view = pinnedEvidence(tree.store, manifest.evidence);
    const own = await linesNaming(view, manifest, row);
    const known = await credentials(view, manifest.evidence.filter(isOfDay));
    const make = async (lines: readonly PlacedLine[]) => {
      tree.definitions.takeAsked();
      const made = await recomputeRow({
        ...{ id: rowId(row), reportDate: manifest.reportDate, hour: manifest.hour, timezone: manifest.timezone },
        ...{ lines, definitions: tree.definitions.book, madeWith, now: Date.parse(manifest.collectedAt) },
      });
      return { lines, definitions: tree.definitions.takeAsked(), differs: made && differingColumns(row, made) };
    };
    const little = await make([...own, ...known.behind(principalsOf(own))]);
    // Whatever the index of credentials does not know is among all the lines.
    return little.differs?.length === 0 ? little : await make([...own, ...known.all]);
  };
}

/** Lines of the hour, and of those around it, that name a row; a start elsewhere with how that hour was read. */
async function linesNaming(view: EvidenceView, manifest: Manifest, row: ReportRow): Promise<PlacedLine[]> {
  const id = row.query_execution_id ?? row.event_id ?? '';
  const own = `${manifest.reportDate}/h${String(manifest.hour).padStart(2, '0')}`;
  const lines: PlacedLine[] = [];
  for (const folder of foldersOf(manifest.evidence.filter((name) => !isOfDay(name)))) {
    const readings: PlacedLine[] = [];
    const naming: PlacedLine[] = [];
    for await (const text of linesIn(view, folder)) {
      if (text.startsWith('{"reading":')) readings.push({ folder, text });
      else if (text.includes(id) && isNaming(JSON.parse(text) as HourLine, row)) naming.push({ folder, text });
    }
    lines.push(...naming, ...(folder !== own && naming.length > 0 ? readings : []));
  }
  return lines;
}

function isNaming(line: HourLine, { query_execution_id, event_id }: ReportRow): boolean {
  if ('start' in line) {
    const { queryExecutionId, eventId, replacesEventId } = line.start;
    if (query_execution_id !== null) return queryExecutionId === query_execution_id;
    return queryExecutionId === null && (eventId === event_id || replacesEventId === event_id);
  }
  if ('answer' in line) return line.answer.answer.queryExecutionId === query_execution_id;
  return 'listed' in line && line.listed.queryExecutionId === query_execution_id;
}

function principalsOf(lines: readonly PlacedLine[]): Start['principal'][] {
  return lines.flatMap(({ text }) => {
    const line = JSON.parse(text) as HourLine;
    return 'start' in line ? [line.start.principal] : [];
  });
}

async function allLines(view: EvidenceView, names: readonly string[]): Promise<PlacedLine[]> {
  const lines: PlacedLine[] = [];
  for (const folder of foldersOf(names)) for await (const text of linesIn(view, folder)) lines.push({ folder, text });
  return lines;
}

async function* linesIn(view: EvidenceView, folder: string): AsyncGenerator<string> {
  for (const part of await view.parts(folder)) for await (const batch of view.lines(part)) yield* batch;
}

function foldersOf(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.slice(0, name.lastIndexOf('/'))))].sort();
}
