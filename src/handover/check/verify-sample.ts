import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { InputHashes, Manifest } from '../../record/manifest.js';
import { createDefinitionBook, type Definition } from '../../sql/definition-book.js';
import type { PackDocument, SampledRow } from '../pack/pack-document.js';
import { sampleFile } from '../pack/pack-document.js';
import { differingColumns, type MadeWith, type PlacedLine, recomputeRow } from '../pack/recompute-row.js';
import type { SampleLine } from '../pack/write-sample.js';
import { nameOf } from './verify-hours.js';

/** What came out of the evidence of a pack's sample. */
export interface CheckedSample {
  /** Rows that are the same in every column that can be compared. */
  readonly same: number;
  /** Columns that a masked pack cannot make again. */
  readonly notCompared: readonly string[];
  readonly faults: readonly string[];
}

/** Makes every row of the sample again from the enclosed evidence, and compares it with the row in the pack. */
export async function verifySample(request: {
  readonly pack: PackDocument;
  readonly rows: ReadonlyMap<number, ReportRow>;
  readonly manifestOf: (row: SampledRow) => Manifest | null;
  readonly textOf: (path: string) => Promise<string | null>;
  readonly storeOf: (tree: number) => ReportStore;
  readonly madeWith: (store: ReportStore, hashes: InputHashes | undefined) => Promise<MadeWith>;
}): Promise<CheckedSample> {
  const { pack, rows, manifestOf, textOf, storeOf, madeWith } = request;
  const faults: string[] = [];
  const notCompared = new Set<string>();
  let same = 0;
  for (const sampled of pack.sample.rows) {
    const path = sampleFile(sampled.number);
    const tell = (fault: string) => void faults.push(`${path} (${nameOf(sampled)}, ${sampled.id}): ${fault}`);
    const [row, manifest, text] = [rows.get(sampled.number), manifestOf(sampled), await textOf(path)];
    if (!row || !manifest || text === null) {
      tell(
        row
          ? manifest
            ? 'the file is not there'
            : 'the manifest of its hour is not there'
          : 'rows.csv has no such row',
      );
      continue;
    }
    try {
      const made = await recomputeRow({
        ...{ id: sampled.id, reportDate: sampled.reportDate, hour: sampled.hour, timezone: manifest.timezone },
        ...evidenceOf(text),
        madeWith: await madeWith(storeOf(sampled.tree), manifest.inputs),
        now: Date.parse(manifest.collectedAt),
      });
      const skipped = pack.mask === null ? [] : columnsOfText(row);
      for (const name of skipped) notCompared.add(name);
      const differs = made && differingColumns(row, made).filter((name) => !skipped.includes(name));
      if (differs?.length === 0) same++;
      // That it differs, as the pack says itself, is a finding of the tree and no fault of the pack.
      else if (JSON.stringify(differs) !== JSON.stringify(sampled.differs))
        tell(
          differs === null
            ? 'the evidence makes no such row'
            : `the evidence says something else in ${differs.join(', ')}`,
        );
    } catch (error) {
      tell(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { same, notCompared: [...notCompared].sort(), faults };
}

function evidenceOf(text: string) {
  const lines: PlacedLine[] = [];
  const definitions: Definition[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const read = JSON.parse(line) as SampleLine;
    if ('definition' in read) definitions.push(read.definition);
    else lines.push({ folder: read.folder, text: JSON.stringify(read.line) });
  }
  const book = createDefinitionBook();
  book.add(definitions);
  return { lines, definitions: book };
}

/** Columns that come out of the text, which masking changes. */
const OF_TEXT = [
  'query',
  'tables_read',
  'tables_written',
  'base_tables_read',
  'columns_read',
  'tables_basis',
  'fingerprint',
  'app',
  'app_user',
  'app_context',
] as const;
/** And those that a comment in the text may decide. */
const OF_COMMENT = [
  'person',
  'person_kind',
  'identity_method',
  'identity_confidence',
  'identity_evidence',
  'team',
  'attribution',
] as const;

function columnsOfText({ app }: ReportRow): readonly string[] {
  return app === null ? OF_TEXT : [...OF_TEXT, ...OF_COMMENT];
}
