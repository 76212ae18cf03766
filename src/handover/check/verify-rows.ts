import type { ReportCodec } from '../../ports/report-codec.js';
import { COLUMNS, type ReportRow } from '../../record/columns.js';
import { createCount } from '../pack/count-rows.js';
import type { PackDocument, SampledRow } from '../pack/pack-document.js';
import { rowId } from '../pack/recompute-row.js';
import { createSample } from '../pack/sample.js';
import { type CheckedPackHour, hashOfStream, nameOf } from './verify-hours.js';

/** What the rows of a pack say. */
export interface CheckedRows {
  readonly faults: readonly string[];
  readonly rows: number;
  /** Hours whose rows are, byte for byte, those of the report that its manifest names. */
  readonly sameAsReport: number;
  /** Rows of the sample, by their number. */
  readonly sampled: ReadonlyMap<number, ReportRow>;
}

/**
 * Reads the rows in their order and proves: each lies in its hour, each hour has as many as the account says, they add up to the
 * population, the sample is the one that its seed draws. Where nothing was filtered and masked, an hour's rows must be those of
 * the report whose hash its sealed manifest names.
 */
export async function verifyRows(request: {
  readonly pack: PackDocument;
  readonly hours: readonly CheckedPackHour[];
  readonly codec: ReportCodec;
  readonly rows: AsyncIterable<ReportRow>;
  readonly signal?: AbortSignal;
}): Promise<CheckedRows> {
  const { pack, hours, codec, signal } = request;
  const faults: string[] = [];
  const count = createCount();
  const sample = createSample(pack.sample.seed, pack.sample.size);
  const wanted = new Map(pack.sample.rows.map((one) => [`${nameOf(one)} ${one.id}`, one.number]));
  const sampled = new Map<number, ReportRow>();
  const isWhole = pack.filters.length === 0 && pack.mask === null;
  const source = request.rows[Symbol.asyncIterator]();
  let sameAsReport = 0;
  for (const { hour, manifest } of hours) {
    const name = nameOf(hour);
    let read = 0;
    async function* ofHour(): AsyncGenerator<ReportRow> {
      const [start, end] = [Date.parse(hour.start), Date.parse(hour.end)];
      while (read < hour.selected) {
        signal?.throwIfAborted();
        const { value: row, done } = await source.next();
        if (done === true) return;
        read++;
        const id = rowId(row);
        const at = row.event_time ?? row.start_time;
        if (at < start || at >= end)
          faults.push(`rows.csv: ${id} stands among the rows of ${name} and lies outside that hour`);
        count.add(row);
        const { tree, reportDate } = hour;
        sample.offer({ tree, reportDate, hour: hour.hour, id });
        const number = wanted.get(`${name} ${id}`);
        if (number !== undefined) sampled.set(number, row);
        yield row;
      }
    }
    if (isWhole && manifest !== null && hour.state !== 'faulty') {
      const sha256 = await hashOfStream(codec.encode(manifest.format, ofHour()));
      if (sha256 === manifest.report.sha256) sameAsReport++;
      else faults.push(`${name}: its rows are not those of the report that its manifest names`);
    } else for await (const _ of ofHour());
    if (read < hour.selected) faults.push(`${name}: there are ${read} rows, ${hour.selected} belong here`);
  }
  let more = 0;
  while (!(await source.next()).done) more++;
  if (more > 0) faults.push(`rows.csv: ${more} rows at its end belong to no hour`);
  faults.push(...populationFaults(pack, count.population()), ...sampleFaults(pack.sample.rows, sample.rows()));
  return { faults, rows: count.population().rows, sameAsReport, sampled };
}

function populationFaults({ population }: PackDocument, found: PackDocument['population']): string[] {
  if (population.rows !== found.rows)
    return [`rows.csv has ${found.rows} rows, the population is said to have ${population.rows}`];
  return JSON.stringify(population) === JSON.stringify(found)
    ? []
    : ['rows.csv: states or people are not counted as the pack says'];
}

function sampleFaults(said: readonly SampledRow[], drawn: readonly { readonly id: string }[]): string[] {
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).join('\n');
  return ids(said) === ids(drawn) ? [] : ['the sample is not the one that its seed draws from the rows'];
}

/** Names of the columns in which the Parquet file differs from the CSV, with the first row that does. */
export async function compareParquet(
  csv: AsyncIterable<ReportRow>,
  parquet: AsyncIterable<ReportRow>,
): Promise<string[]> {
  const other = parquet[Symbol.asyncIterator]();
  for await (const row of csv) {
    const { value, done } = await other.next();
    if (done === true) return ['rows.parquet has fewer rows than rows.csv'];
    const column = COLUMNS.find(({ name }) => JSON.stringify(row[name]) !== JSON.stringify(value[name]));
    if (column) return [`rows.parquet: ${rowId(value)} differs from rows.csv in ${column.name}`];
  }
  return (await other.next()).done === true ? [] : ['rows.parquet has more rows than rows.csv'];
}
