import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Signer } from '../../ports/signer.js';
import type { ReportRow } from '../../record/columns.js';
import type { InputHashes } from '../../record/manifest.js';
import { maskRow } from '../../record/mask-row.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';
import type { HourOfTree } from '../feeds/list-hours.js';
import { readHourRows } from '../feeds/read-hour.js';
import { indexPage } from '../page/index-page.js';
import { type AccountedHour, accountHours, type FaultyHour } from './account-hours.js';
import { createCount } from './count-rows.js';
import {
  PACK_FILE,
  type PackDocument,
  type PackedFindings,
  type PackedHour,
  type PackedTree,
} from './pack-document.js';
import { createEntries, type Entries } from './pack-entries.js';
import { type MadeWith, rowId } from './recompute-row.js';
import { createSample } from './sample.js';
import { teeRows } from './tee-rows.js';
import { writeSample } from './write-sample.js';
import { writeTreeFiles } from './write-tree-files.js';
import type { PackTarget } from './zip.js';

/** What to put into a pack. */
export interface PackRequest {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  /** First and last report day, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly asked: Pick<PackDocument, 'filters' | 'madeAt' | 'madeBy' | 'command' | 'generator'>;
  /** Keeps only the rows of an hour for which this answers true. */
  readonly selects: (hour: HourOfTree) => Promise<(row: ReportRow) => boolean>;
  readonly mask: { readonly kind: NonNullable<PackDocument['mask']>; readonly literal: MaskLiteral } | null;
  readonly sample: { readonly seed: string | null; readonly size: number };
  /** What verification found: in the pack whatever it is. */
  readonly verified: {
    readonly trees: readonly {
      readonly tree: string;
      readonly chain: Pick<PackedTree, 'head'> & { readonly length: number };
    }[];
    readonly hours: readonly FaultyHour[];
    readonly findings: PackedFindings;
  };
  /** Opens what the rows of an hour were made with. */
  readonly madeWith: (store: ReportStore, hashes: InputHashes | undefined) => Promise<MadeWith>;
  /** Null for a pack that nobody signs. */
  readonly signer: Signer | null;
  readonly target: PackTarget;
  readonly signal?: AbortSignal;
}

/**
 * Makes a pack: all that is needed to check, offline and without this program, what was asked. Same tree and arguments, same bytes,
 * but for the signature where the kind of key brings chance into it. Memory: one hour, and what tells of credentials for some days.
 * @throws HourChanged when an hour is rewritten meanwhile
 */
export async function makePack(request: PackRequest): Promise<PackDocument> {
  const { from, to, timezone, asked, verified, signer, mask } = request;
  const entries = createEntries(request.target);
  const trees = verified.trees.map(({ tree, chain }, index) => {
    return { number: index + 1, name: tree, seals: chain.length, head: chain.head };
  });
  const accounted: AccountedHour[] = [];
  for (const tree of trees)
    for await (const hour of accountHours({ ...request, tree, faulty: verified.hours })) accounted.push(hour);
  const seed = request.sample.seed ?? seedOf(trees);
  const sample = createSample(seed, request.sample.size);
  const { hours, population } = await writeRows(request, { entries, accounted, sample });
  await writeTreeFiles({ ...request, entries, trees, accounted });
  const details = await writeSample({ ...request, entries, trees, accounted, chosen: sample.rows() });
  const pack: PackDocument = {
    ...{ schema: 1, ...asked, from, to, timezone, mask: mask?.kind ?? null, trees, population },
    sample: { seed, size: request.sample.size, rows: details.map(({ sampled }) => sampled) },
  };
  await entries.addJson(PACK_FILE.hours, hours);
  await entries.addJson(PACK_FILE.findings, verified.findings);
  await entries.addJson(PACK_FILE.pack, pack);
  const page = indexPage({
    pack,
    hours,
    accounted,
    details,
    findings: verified.findings,
    signer,
    sums: entries.sums(),
  });
  await entries.add(PACK_FILE.index, Buffer.from(page));
  await entries.finish(signer);
  return pack;
}

/** Whoever makes a pack cannot choose the head of a chain, so nobody chose the sample either. */
function seedOf(trees: readonly PackedTree[]): string {
  return trees.map(({ head }) => head ?? 'no seals').join(' ');
}

async function writeRows(
  request: PackRequest,
  {
    entries,
    accounted,
    sample,
  }: {
    readonly entries: Entries;
    readonly accounted: readonly AccountedHour[];
    readonly sample: ReturnType<typeof createSample>;
  },
) {
  const { codec, mask } = request;
  const count = createCount();
  const hours: PackedHour[] = [];
  async function* rows() {
    for (const { account, hour } of accounted) {
      let selected = 0;
      if (hour !== null) {
        const isWanted = await request.selects(hour);
        for await (const row of readHourRows(request, hour)) {
          if (!isWanted(row)) continue;
          selected++;
          count.add(row);
          const { tree, reportDate, hour: number } = account;
          sample.offer({ tree, reportDate, hour: number, id: rowId(row) });
          yield mask === null ? row : maskRow(row, mask.literal);
        }
      }
      request.signal?.throwIfAborted();
      hours.push({ ...account, selected });
    }
  }
  const [forCsv, forParquet] = teeRows(rows());
  const spool = await request.target.spool();
  try {
    const parquet = (async () => {
      for await (const piece of codec.encode('parquet', forParquet)) await spool.append(piece);
    })();
    await together(parquet, entries.add(PACK_FILE.rows, codec.encode('csv', forCsv)));
    await entries.add(PACK_FILE.rowsParquet, spool.read());
  } finally {
    await spool.remove();
  }
  return { hours, population: count.population() };
}

/** Waits until both have ended. @throws what failed first: the other failed of that */
async function together(...works: readonly Promise<void>[]): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(works.map((work) => work.catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}
