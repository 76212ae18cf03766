/**
 * What do views and prepared statements add to reading what a million rows read? The same rows are resolved with a book that knows
 * nothing, and with one of many definitions that a tenth of the rows uses. Run: npx tsx bench/definitions.ts [rows]
 *
 * The aim: under 10 % more CPU time, and memory bounded by distinct definitions. Rounds in turn, medians of CPU time, because the
 * machine may be busy.
 */
import { createDefinitionBook, type Definition, type DefinitionBook } from '../src/sql/definition-book.js';
import { createSqlReader } from '../src/sql/reader.js';
import { resolveReads } from '../src/sql/resolve-reads.js';
import { sha1 } from '../src/tree/sha1.js';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;
const VIEWS = 500;
const PREPARED = 500;
const DISTINCT = 20_000;
const CONTEXT = { catalog: 'awsdatacatalog', database: 'sales' };
const PLACE = { accountId: '111122223333', region: 'us-east-1', workGroup: 'bi' };

/** One row in ten reads a view or executes a prepared statement, with a text of its own; the others read tables. */
const texts = Array.from({ length: DISTINCT }, (_, n) => {
  if (n % 20 === 0) return `SELECT * FROM view_${n % VIEWS} WHERE day = DATE '2026-11-01' LIMIT ${n}`;
  if (n % 20 === 10) return `EXECUTE prepared_${n % PREPARED} USING ${n}`;
  return `SELECT o.id, c.name, sum(o.total) FROM orders_${n % 40} o JOIN customers c ON c.id = o.customer_id WHERE o.day > ${n} GROUP BY 1, 2`;
});

const runs = { without: [] as number[], with: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  runs.without.push(secondsOf(createDefinitionBook()));
  runs.with.push(secondsOf(bookOf()));
}
const [without, full] = [median(runs.without), median(runs.with)];
const more = ((full / without - 1) * 100).toFixed(1);
console.log(
  `${ROWS.toLocaleString('en-US')} rows, ${DISTINCT} texts: ${without.toFixed(1)} s CPU without definitions, ${full.toFixed(1)} s with ${VIEWS} views and ${PREPARED} prepared statements (${more} % more)`,
);
console.log(`a book of ${VIEWS + PREPARED} names, each defined 1,000 times: ${megabytesOf().toFixed(0)} MB`);

function secondsOf(book: DefinitionBook): number {
  // As rows are written: definitions have a memory of their own.
  const [read, readDefined] = [createSqlReader(2000, sha1), createSqlReader(2000, sha1)];
  const before = process.cpuUsage();
  for (let row = 0; row < ROWS; row++) {
    // A prime step: a text comes again when it was forgotten, as on a day of many dashboards.
    const text = texts[(row * 7919) % DISTINCT] ?? '';
    const at = Date.UTC(2026, 10, 2) + row;
    resolveReads(read(text, CONTEXT), CONTEXT, { definitions: book.at({ ...PLACE, at }), read: readDefined });
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function bookOf(): DefinitionBook {
  const book = createDefinitionBook();
  book.add(definitions(1));
  return book;
}

function* definitions(times: number): Generator<Definition> {
  const common = { accountId: PLACE.accountId, region: PLACE.region, ...CONTEXT, origin: 'tree' } as const;
  for (let time = 0; time < times; time++) {
    const at = Date.UTC(2026, 9, 1) + time * 60_000;
    for (let n = 0; n < VIEWS; n++) {
      const text = `CREATE OR REPLACE VIEW view_${n} AS SELECT id, name, total FROM orders_${n % 40}`;
      yield { ...common, kind: 'view', workGroup: '', name: `awsdatacatalog.sales.view_${n}`, text, at };
    }
    for (let n = 0; n < PREPARED; n++) {
      const text = `PREPARE prepared_${n} FROM SELECT id FROM orders_${n % 40} WHERE id = ?`;
      yield { ...common, kind: 'prepared', workGroup: PLACE.workGroup, name: `prepared_${n}`, text, at };
    }
  }
}

function megabytesOf(): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const book = createDefinitionBook();
  book.add(definitions(1000));
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  book.takeUsed();
  return bytes / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
