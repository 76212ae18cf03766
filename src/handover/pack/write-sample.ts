import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { InputHashes } from '../../record/manifest.js';
import { maskRow } from '../../record/mask-row.js';
import type { Definition } from '../../sql/definition-book.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';
import { readDefinitions } from '../../tree/definitions.js';
import { treeView } from '../../tree/tree-view.js';
import type { HourOfTree } from '../feeds/list-hours.js';
import { readHourRows } from '../feeds/read-hour.js';
import type { AccountedHour } from './account-hours.js';
import { watchDefinitions } from './definitions-asked.js';
import { maskDefinition, maskLine } from './mask-evidence.js';
import { type PackedTree, type SampledRow, sampleFile } from './pack-document.js';
import type { Entries } from './pack-entries.js';
import { type MadeWith, rowId } from './recompute-row.js';
import type { Candidate } from './sample.js';
import { createEvidenceGatherer, type RowEvidence } from './sample-evidence.js';

/** A line of a sample's file. */
export type SampleLine = { readonly folder: string; readonly line: unknown } | { readonly definition: Definition };

/** A row of the sample, as it stands in the pack, with the events that began it. */
export interface SampleDetail {
  readonly sampled: SampledRow;
  readonly row: ReportRow | null;
  readonly starts: readonly unknown[];
}

/**
 * Puts the evidence of each chosen row into a pack, and tells whether it makes the row. Evidence that is gone or damaged is told of
 * the row; it never keeps a pack from being made.
 */
export async function writeSample(request: {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  readonly entries: Entries;
  readonly trees: readonly PackedTree[];
  readonly accounted: readonly AccountedHour[];
  readonly chosen: readonly Candidate[];
  readonly mask: { readonly literal: MaskLiteral } | null;
  readonly madeWith: (store: ReportStore, hashes: InputHashes | undefined) => Promise<MadeWith>;
  readonly signal?: AbortSignal;
}): Promise<SampleDetail[]> {
  const { store, entries, trees, chosen, mask, signal } = request;
  const details: SampleDetail[] = [];
  for (const tree of trees) {
    const own = chosen.filter((candidate) => candidate.tree === tree.number);
    if (own.length === 0) continue;
    const view = treeView(store, tree.name);
    const gather = createEvidenceGatherer({
      store: view,
      definitions: watchDefinitions(await allDefinitions(view, request.accounted)),
    });
    for (const candidate of own) {
      signal?.throwIfAborted();
      const number = details.length + 1;
      const { row, evidence } = await evidenceOf(request, { candidate, view, gather });
      const lines = linesOf(evidence, mask?.literal ?? null);
      await entries.add(sampleFile(number), Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
      details.push({
        sampled: { ...candidate, number, differs: evidence.differs },
        row: row === null || mask === null ? row : maskRow(row, mask.literal),
        starts: lines.flatMap((line) => ('line' in line && isStart(line.line) ? [line.line.start] : [])),
      });
    }
  }
  return details;
}

async function evidenceOf(
  request: Parameters<typeof writeSample>[0],
  task: {
    readonly candidate: Candidate;
    readonly view: ReportStore;
    readonly gather: ReturnType<typeof createEvidenceGatherer>;
  },
): Promise<{ readonly row: ReportRow | null; readonly evidence: RowEvidence }> {
  const { candidate, view, gather } = task;
  const hour = request.accounted.find(
    ({ account }) =>
      account.tree === candidate.tree && account.reportDate === candidate.reportDate && account.hour === candidate.hour,
  )?.hour;
  const nothing: RowEvidence = { lines: [], definitions: [], differs: null };
  const row = hour ? await findRow(request, { hour, id: candidate.id }) : null;
  if (!hour || row === null) return { row, evidence: nothing };
  try {
    const madeWith = await request.madeWith(view, hour.manifest.inputs);
    return { row, evidence: await gather(row, hour.manifest, madeWith) };
  } catch {
    request.signal?.throwIfAborted();
    return { row, evidence: nothing }; // Gone or damaged evidence: verification tells which, on the first page.
  }
}

async function findRow(
  request: { readonly store: ReportStore; readonly codec: ReportCodec },
  { hour, id }: { readonly hour: HourOfTree; readonly id: string },
): Promise<ReportRow | null> {
  let found: ReportRow | null = null;
  for await (const row of readHourRows(request, hour)) if (rowId(row) === id) found = row;
  return found;
}

/** Definitions before the last hour ends: what a query may have run or read through. */
function allDefinitions(store: ReportStore, accounted: readonly AccountedHour[]): Promise<readonly Definition[]> {
  const end = Math.max(0, ...accounted.map(({ account }) => Date.parse(account.end)));
  return readDefinitions(store, end);
}

function linesOf({ lines, definitions }: RowEvidence, mask: MaskLiteral | null): SampleLine[] {
  return [
    ...lines.map((line) => {
      const { folder, text } = mask === null ? line : maskLine(line, mask);
      return { folder, line: JSON.parse(text) as unknown };
    }),
    ...definitions.map((definition) => ({
      definition: mask === null ? definition : maskDefinition(definition, mask),
    })),
  ];
}

function isStart(line: unknown): line is { readonly start: unknown } {
  return typeof line === 'object' && line !== null && 'start' in line;
}
