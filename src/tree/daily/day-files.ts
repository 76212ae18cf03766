import { createHash } from 'node:crypto';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import { type RowSums, sumRows } from '../../record/sum-rows.js';
import { dailyKey } from '../layout.js';
import type { DailyNote } from './daily-note.js';
import { type DayReader, dayRows } from './day-rows.js';

/** The files of a day, in the order in which they are written: the second is known when the first was made. */
export interface DayFiles {
  /** May be asked for again, and begins anew then. @throws ReportDiffers as `dayRows` */
  readonly rows: () => AsyncGenerator<Uint8Array>;
  readonly sums: () => AsyncGenerator<Uint8Array>;
  /** What was made, when both were. */
  readonly made: () => Pick<DailyNote, 'report' | 'rollup'>;
}

/** Makes the files of a day of its hourly reports, which are read once. */
export function dayFiles(reader: DayReader, reportDate: string, hours: readonly Manifest[]): DayFiles {
  let sums: RowSums = sumRows();
  const rows = measured();
  const summed = measured();
  return {
    rows() {
      sums = sumRows();
      const added = async function* (): AsyncGenerator<ReportRow> {
        for await (const row of dayRows(reader, hours)) {
          sums.add(row);
          rows.count();
          yield row;
        }
      };
      return rows.of(() => reader.codec.encode('parquet', added()));
    },
    sums: () =>
      summed.of(() => {
        const found = sums.rows() ?? [];
        for (const _ of found) summed.count();
        return reader.codec.encodeRollup(found);
      }),
    made: () => ({
      report: { key: dailyKey.rows(reportDate), ...rows.made() },
      rollup: { key: dailyKey.sums(reportDate), ...summed.made(), isWhole: sums.rows() !== null },
    }),
  };
}

/** Counts and hashes what passes through. */
function measured() {
  let [hash, bytes, rows] = [createHash('sha256'), 0, 0];
  return {
    count: () => void rows++,
    async *of(make: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      [hash, bytes, rows] = [createHash('sha256'), 0, 0];
      for await (const piece of make()) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    },
    made: () => ({ rows, bytes, sha256: hash.copy().digest('hex') }),
  };
}
