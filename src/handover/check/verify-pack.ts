import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { InputHashes } from '../../record/manifest.js';
import {
  PACK_FILE,
  type PackDocument,
  type PackedFindings,
  type PackedHour,
  treeFolder,
} from '../pack/pack-document.js';
import type { MadeWith } from '../pack/recompute-row.js';
import { packStore } from './pack-store.js';
import { type ArchiveBytes, fileBytes, readArchive } from './unzip.js';
import { hashOfStream, verifyHours } from './verify-hours.js';
import { compareParquet, verifyRows } from './verify-rows.js';
import { type CheckedSample, verifySample } from './verify-sample.js';
import { type CheckedSignature, verifySignature, verifySums } from './verify-signature.js';

/** What a pack proves. */
export interface CheckedPack {
  /** Sentences, each naming the file or hour; empty when the pack is as it was made. */
  readonly faults: readonly string[];
  readonly signature: CheckedSignature;
  readonly files: number;
  /** What follows is null where the pack is too damaged to be read. */
  readonly pack: PackDocument | null;
  readonly hours: readonly PackedHour[];
  readonly findings: PackedFindings | null;
  readonly rows: { readonly count: number; readonly sameAsReport: number } | null;
  readonly sample: CheckedSample | null;
}

/** Checks a pack, offline and without the tree that it was made from. Memory: its hours and manifests, and a piece of its rows. */
export async function verifyPack(request: {
  readonly bytes: ArchiveBytes;
  readonly codec: ReportCodec;
  /** PEM of a public key that was got elsewhere; null to take the enclosed one. */
  readonly key: string | null;
  readonly madeWith: (store: ReportStore, hashes: InputHashes | undefined) => Promise<MadeWith>;
  readonly signal?: AbortSignal;
}): Promise<CheckedPack> {
  const { bytes, codec, key, madeWith, signal } = request;
  const archive = await readArchive(bytes);
  const whole = packStore(bytes, { files: archive.files, folder: '' });
  const bytesOf = async (path: string) => (await whole.read(path))?.bytes ?? null;
  const textOf = async (path: string) => {
    const found = await bytesOf(path);
    return found && Buffer.from(found).toString('utf8');
  };
  async function* pieces(path: string): AsyncGenerator<Uint8Array> {
    const file = archive.files.get(path);
    if (!file) throw new Error(`${path} is not there`);
    for await (const piece of fileBytes(bytes, file)) {
      signal?.throwIfAborted();
      yield piece;
    }
  }
  const signature = verifySignature(
    {
      signed: await bytesOf(PACK_FILE.signed),
      signature: await bytesOf(PACK_FILE.signature),
      key: await bytesOf(PACK_FILE.key),
    },
    key,
  );
  const paths = [...archive.files.keys()];
  const faults = [
    ...archive.faults,
    ...signature.faults,
    ...(await verifySums({ paths, bytesOf, hashOf: (path) => hashOfStream(pieces(path)) })),
  ];
  const base = { signature, files: paths.length };
  const unread = { ...base, faults, pack: null, hours: [], findings: null, rows: null, sample: null };
  try {
    const pack = parse<PackDocument>(await textOf(PACK_FILE.pack));
    const hours = parse<PackedHour[]>(await textOf(PACK_FILE.hours));
    const findings = parse<PackedFindings>(await textOf(PACK_FILE.findings));
    const storeOf = (tree: number) => packStore(bytes, { files: archive.files, folder: treeFolder(tree) });
    const checkedHours = await verifyHours({ pack, hours, storeOf });
    const rowsOf = (format: 'csv' | 'parquet') =>
      codec.decode(format, pieces(format === 'csv' ? PACK_FILE.rows : PACK_FILE.rowsParquet));
    const rows = await verifyRows({
      pack,
      hours: checkedHours.checked,
      codec,
      rows: rowsOf('csv'),
      ...(signal ? { signal } : {}),
    });
    const manifestOf = ({ tree, reportDate, hour }: PackDocument['sample']['rows'][number]) =>
      checkedHours.checked.find(
        (one) => one.hour.tree === tree && one.hour.reportDate === reportDate && one.hour.hour === hour,
      )?.manifest ?? null;
    const sample = await verifySample({ pack, rows: rows.sampled, manifestOf, textOf, storeOf, madeWith });
    const differing = await compareParquet(rowsOf('csv'), rowsOf('parquet'));
    return {
      ...{ ...base, pack, hours, findings, sample, rows: { count: rows.rows, sameAsReport: rows.sameAsReport } },
      faults: [...faults, ...checkedHours.faults, ...rows.faults, ...sample.faults, ...differing],
    };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      ...unread,
      faults: [...faults, `the pack cannot be read on: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

function parse<T>(text: string | null): T {
  if (text === null) throw new Error('pack.json, hours.json or findings.json is not there');
  return JSON.parse(text) as T;
}
