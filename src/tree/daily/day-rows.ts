import { createHash } from 'node:crypto';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import { ReportFormatError } from '../../record/text/text-lines.js';

/** What reading the rows of a day takes. */
export interface DayReader {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  readonly signal?: AbortSignal;
}

/** A report that is not what its manifest says. */
export class ReportDiffers extends Error {
  override readonly name = 'ReportDiffers';
  constructor(key: string, why: string) {
    super(`${key} is not what its manifest says: ${why}; aqt verify says more, and what helps`);
  }
}

/**
 * The rows of a day as its hourly reports hold them, hour by hour; memory does not grow with them.
 * @throws ReportDiffers behind the rows of an hour whose bytes are not those of its manifest: what was made of them is worth nothing
 */
export async function* dayRows(reader: DayReader, hours: readonly Manifest[]): AsyncGenerator<ReportRow> {
  for (const hour of hours) yield* hourRows(reader, hour);
}

async function* hourRows({ store, codec, signal }: DayReader, { format, report }: Manifest): AsyncGenerator<ReportRow> {
  const stream = await store.stream(report.key);
  if (!stream) throw new ReportDiffers(report.key, 'it is gone');
  const hash = createHash('sha256');
  let rows = 0;
  async function* measured(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      signal?.throwIfAborted();
      hash.update(piece);
      yield piece;
    }
  }
  const source = measured(stream);
  // Without `return`, so that the hash is of all bytes whenever the decoder has seen enough.
  const unclosed: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  try {
    for await (const row of codec.decode(format, unclosed)) {
      rows++;
      yield row;
    }
    while (!(await source.next()).done);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ReportFormatError)) throw error;
    throw new ReportDiffers(report.key, error.message);
  } finally {
    await source.return(undefined);
  }
  if (hash.digest('hex') !== report.sha256) throw new ReportDiffers(report.key, 'its SHA-256 is another');
  if (rows !== report.rows) throw new ReportDiffers(report.key, `it has ${rows} rows instead of ${report.rows}`);
}
