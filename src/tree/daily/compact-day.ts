import { createHash } from 'node:crypto';
import { WriteConflict } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import { dailyKey } from '../layout.js';
import { encodeDocument, parseDocument } from '../update.js';
import { changedHours, type DailyNote, dailyNoteOf, hashesOf } from './daily-note.js';
import { readDayHours } from './day-hours.js';
import { type DayReader, dayRows, ReportDiffers } from './day-rows.js';

/** What became of the file of a day. */
export type CompactedDay =
  | { readonly kind: 'written' | 'unchanged'; readonly note: DailyNote }
  /** Nothing was written; why, as the end of a sentence about the day. */
  | { readonly kind: 'not-closed'; readonly why: string };

/** Times that it begins again because hours, or the file, were written meanwhile. */
const TRIES = 5;

/**
 * Makes the one Parquet file of a closed day from its hourly reports, and then its note; both only if nobody else changed them
 * meanwhile. The same hours give the same bytes. A day whose file was made of the hours as they are stays as it is; with `isProving`
 * only where the bytes of the file are those of its note, without it where their number is.
 * @throws ReportDiffers for an hour that is not what its manifest says: the file stays as it was
 */
export async function compactDay(
  reader: DayReader,
  reportDate: string,
  { isProving = false }: { readonly isProving?: boolean } = {},
): Promise<CompactedDay> {
  let hasConflict = false;
  for (let tries = 1; ; tries++) {
    try {
      return await compactOnce(reader, reportDate, hasConflict ? 'nothing' : isProving ? 'bytes' : 'size');
    } catch (error) {
      // A report may have been written between its manifest and its rows: only one that differs twice is damaged.
      const isMeanwhile = error instanceof WriteConflict || (error instanceof ReportDiffers && tries === 1);
      if (!isMeanwhile || tries >= TRIES) throw error;
      hasConflict ||= error instanceof WriteConflict;
    }
  }
}

async function compactOnce(
  reader: DayReader,
  reportDate: string,
  believes: 'bytes' | 'size' | 'nothing',
): Promise<CompactedDay> {
  const { store } = reader;
  // Before the hours: a file that somebody made of later ones must not be replaced by that of earlier ones.
  const fileTag = await store.tagOf(dailyKey.rows(reportDate));
  const stored = await store.read(dailyKey.note(reportDate));
  const { hours, lacks } = await readDayHours(store, reportDate);
  if (lacks !== null) return { kind: 'not-closed', why: lacks };
  const made = hashesOf(hours);
  const known = parseDocument(stored, dailyNoteOf(reportDate));
  const isSame = known !== null && changedHours(known, made).length === 0 && fileTag !== null;
  if (isSame && believes !== 'nothing' && (await isAsNoted(reader, known, believes)))
    return { kind: 'unchanged', note: known };
  const report = await writeFile(reader, { reportDate, hours, fileTag });
  const note: DailyNote = { schema: 1, reportDate, report, hours: made };
  await store.write(
    dailyKey.note(reportDate),
    encodeDocument(note),
    stored === null ? { absent: true } : { tag: stored.tag },
  );
  return { kind: 'written', note };
}

async function writeFile(
  reader: DayReader,
  { reportDate, hours, fileTag }: { reportDate: string; hours: readonly Manifest[]; fileTag: string | null },
): Promise<DailyNote['report']> {
  const key = dailyKey.rows(reportDate);
  let [hash, bytes, rows] = [createHash('sha256'), 0, 0];
  // A store may ask for it again.
  async function* content(): AsyncGenerator<Uint8Array> {
    [hash, bytes, rows] = [createHash('sha256'), 0, 0];
    const counted = async function* (): AsyncGenerator<ReportRow> {
      for await (const row of dayRows(reader, hours)) {
        rows++;
        yield row;
      }
    };
    for await (const piece of reader.codec.encode('parquet', counted())) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  await reader.store.write(key, content, fileTag === null ? { absent: true } : { tag: fileTag });
  return { key, rows, bytes, sha256: hash.digest('hex') };
}

/** SHA-256 of the file that the hours of a day make. @throws ReportDiffers as `compactDay` */
export async function hashDay(reader: DayReader, hours: readonly Manifest[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of reader.codec.encode('parquet', dayRows(reader, hours))) hash.update(piece);
  return hash.digest('hex');
}

/** A lifecycle rule may have taken the file and left its note; a run that died may have written one, and not the other. */
async function isAsNoted(
  { store, signal }: DayReader,
  { report }: DailyNote,
  believes: 'bytes' | 'size',
): Promise<boolean> {
  if (believes === 'bytes') {
    const found = await measureFile({ store, signal }, report.key);
    return found?.sha256 === report.sha256 && found.bytes === report.bytes;
  }
  for await (const { key, bytes } of store.list(report.key.slice(0, report.key.lastIndexOf('/') + 1)))
    if (key === report.key) return bytes === report.bytes;
  return false;
}

/** Hash and number of a file's bytes; null when it is not there. */
export async function measureFile(
  { store, signal }: Pick<DayReader, 'store'> & { readonly signal: AbortSignal | undefined },
  key: string,
): Promise<{ readonly sha256: string; readonly bytes: number } | null> {
  const stream = await store.stream(key);
  if (!stream) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of stream) {
    signal?.throwIfAborted();
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
