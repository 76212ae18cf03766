import type { PriceTable } from '../../athena/prices.js';
import { reportDay } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { Directory } from '../../identity/directory/directory.js';
import type { ReportRow } from '../../record/columns.js';
import { createEnrichment } from '../../record/enrichment.js';
import type { DefinitionBook } from '../../sql/definition-book.js';
import { createSqlReader } from '../../sql/reader.js';
import { feedLinksAround } from '../../tree/evidence/day-evidence.js';
import type { EvidenceView } from '../../tree/evidence/evidence-view.js';
import { readHour } from '../../tree/evidence/hour-evidence.js';
import { planRows } from '../../tree/plan-rows.js';
import { sha1 } from '../../tree/sha1.js';

/** A line of the evidence and the folder it lies in: `2025-08-28/h01`, `2025-08-28/day`. */
export interface PlacedLine {
  readonly folder: string;
  readonly text: string;
}

/** What a row is made with, beside its evidence. */
export interface MadeWith {
  readonly directory: Directory;
  readonly prices: PriceTable;
}

/** A sample has few texts. */
const read = createSqlReader(100, sha1);

/** Names a row in a tree: its execution, or the event of a refused start. */
export function rowId({ query_execution_id, event_id }: Pick<ReportRow, 'query_execution_id' | 'event_id'>): string {
  return query_execution_id ?? `event ${event_id}`;
}

/** Makes one row of an hour again from lines of the evidence; null when they make no such row. */
export async function recomputeRow(request: {
  readonly id: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly timezone: string;
  readonly lines: readonly PlacedLine[];
  readonly definitions: DefinitionBook;
  readonly madeWith: MadeWith;
  /** When the report was made: what could still be settled then. */
  readonly now: number;
}): Promise<ReportRow | null> {
  const { id, reportDate, timezone, definitions, madeWith, now } = request;
  const hour = reportDay(reportDate, timezone).hours.find((one) => one.hour === request.hour);
  if (!hour) return null;
  const view = viewOf(request.lines);
  const graph = createCredentialGraph();
  const { names } = await feedLinksAround(view, reportDate, graph);
  const enrichment = createEnrichment({ graph, read, ...madeWith, identityStoreNames: names, definitions });
  const evidence = await readHour(view, hour);
  const { rows } = await planRows({ evidence, hour, timezone, view, enrichment, now });
  return rows.find((row) => rowId(row) === id)?.build() ?? null;
}

/** Names of the columns in which two rows differ. */
export function differingColumns(a: ReportRow, b: ReportRow): string[] {
  return Object.keys(a).filter((name) => {
    const column = name as keyof ReportRow;
    return JSON.stringify(a[column]) !== JSON.stringify(b[column]);
  });
}

/** Lines as the evidence of a tree. */
function viewOf(lines: readonly PlacedLine[]): EvidenceView {
  const byFolder = new Map<string, string[]>();
  for (const { folder, text } of lines) byFolder.set(folder, [...(byFolder.get(folder) ?? []), text]);
  return {
    parts: async (folder) =>
      byFolder.has(folder) ? [{ folder, sha256: 'enclosed', isMerged: false, shard: null, key: folder, bytes: 0 }] : [],
    async *lines({ folder }) {
      yield byFolder.get(folder) ?? [];
    },
  };
}
