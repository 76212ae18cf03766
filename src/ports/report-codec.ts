import type { ReportRow } from '../record/columns.js';
import type { ReportFormat } from '../record/manifest.js';
import type { RollupRow } from '../record/rollup-columns.js';

/** Writes and reads the bytes of a report. */
export interface ReportCodec {
  /** Takes sorted rows; the same rows give the same bytes on any machine. */
  encode(format: ReportFormat, rows: AsyncIterable<ReportRow>): AsyncIterable<Uint8Array>;
  /** Writes the sums of a day as Parquet; the same sums give the same bytes on any machine. */
  encodeRollup(rows: readonly RollupRow[]): AsyncIterable<Uint8Array>;
  /** @throws ReportFormatError naming the place, when the bytes are not what `encode` writes */
  decode(format: ReportFormat, bytes: AsyncIterable<Uint8Array>): AsyncIterable<ReportRow>;
}
