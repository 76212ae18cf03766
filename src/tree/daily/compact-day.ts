import { createHash } from 'node:crypto';
import { WriteConflict } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { MOST_SUMS } from '../../record/sum-rows.js';
import { dailyKey } from '../layout.js';
import { encodeDocument, parseDocument } from '../update.js';
import { changedHours, type DailyNote, type DayFile, dailyNoteOf, hashesOf } from './daily-note.js';
import { dayFiles } from './day-files.js';
import { readDayHours } from './day-hours.js';
import { type DayReader, ReportDiffers } from './day-rows.js';

/** What became of the files of a day. */
export type CompactedDay =
  | { readonly kind: 'written' | 'unchanged'; readonly note: DailyNote }
  /** Nothing was written; why, as the end of a sentence about the day. */
  | { readonly kind: 'not-closed'; readonly why: string };

/** What is told of a day whose sums are left out, behind its date. */
export const TOO_MANY_SUMS = `has more than ${MOST_SUMS} sums by person, workgroup and table: its file under rollups/ is without rows`;

/** Times that it begins again because hours, or the files, were written meanwhile. */
const TRIES = 5;

/**
 * Makes the one Parquet file of a closed day from its hourly reports, then that of its sums, and then the note on both; each only if
 * nobody else changed it meanwhile. The same hours give the same bytes. A day whose files were made of the hours as they are stays as it
 * is; with `isProving` only where the bytes of the files are those of the note, without it where their numbers are.
 * @throws ReportDiffers for an hour that is not what its manifest says: the files stay as they were
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
  const rowsTag = await store.tagOf(dailyKey.rows(reportDate));
  const sumsTag = await store.tagOf(dailyKey.sums(reportDate));
  const stored = await store.read(dailyKey.note(reportDate));
  const { hours, lacks } = await readDayHours(store, reportDate);
  if (lacks !== null) return { kind: 'not-closed', why: lacks };
  const made = hashesOf(hours);
  const known = parseDocument(stored, dailyNoteOf(reportDate));
  const isSame = known !== null && changedHours(known, made).length === 0 && rowsTag !== null && sumsTag !== null;
  if (isSame && believes !== 'nothing' && (await areAsNoted(reader, known, believes)))
    return { kind: 'unchanged', note: known };
  const files = dayFiles(reader, reportDate, hours);
  const ifSame = (tag: string | null) => (tag === null ? ({ absent: true } as const) : { tag });
  await store.write(dailyKey.rows(reportDate), files.rows, ifSame(rowsTag));
  await store.write(dailyKey.sums(reportDate), files.sums, ifSame(sumsTag));
  const note: DailyNote = { schema: 1, reportDate, ...files.made(), hours: made };
  await store.write(dailyKey.note(reportDate), encodeDocument(note), ifSame(stored?.tag ?? null));
  return { kind: 'written', note };
}

/** The files that the hours of a day make; nothing is written. @throws ReportDiffers as `compactDay` */
export async function remakeDay(
  reader: DayReader,
  reportDate: string,
  hours: readonly Manifest[],
): Promise<Pick<DailyNote, 'report' | 'rollup'>> {
  const files = dayFiles(reader, reportDate, hours);
  for await (const _ of files.rows());
  for await (const _ of files.sums());
  return files.made();
}

/** A lifecycle rule may have taken a file and left the note; a run that died may have written one, and not the other. */
async function areAsNoted(
  reader: DayReader,
  { report, rollup }: DailyNote,
  believes: 'bytes' | 'size',
): Promise<boolean> {
  for (const file of [report, rollup]) if (!(await isAsNoted(reader, file, believes))) return false;
  return true;
}

async function isAsNoted({ store, signal }: DayReader, file: DayFile, believes: 'bytes' | 'size'): Promise<boolean> {
  if (believes === 'bytes') {
    const found = await measureFile({ store, signal }, file.key);
    return found?.sha256 === file.sha256 && found.bytes === file.bytes;
  }
  for await (const { key, bytes } of store.list(file.key.slice(0, file.key.lastIndexOf('/') + 1)))
    if (key === file.key) return bytes === file.bytes;
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
