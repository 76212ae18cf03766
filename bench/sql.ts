/**
 * How fast is the SQL scanner against the packages that parse the same texts, and what does the worst text cost?
 * Run: npx tsx bench/sql.ts
 *
 * One run, the same texts, a process for each candidate in each of three rounds, because their garbage and caches slow
 * down whoever shares a heap with them. The scanner does all of `analyzeSql` (kind, tables, comments, fingerprint).
 * "parse only" stops at the tree; "tables only" walks it for names as well, the least it takes to read what a query
 * reads. Numbers are CPU time and medians of the rounds, because the machine may be busy. The scanner is compiled as for
 * a release: tsx alone wraps every inner function to keep its name, which costs more than the scanning.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { build } from 'esbuild';
import type * as Analyze from '../src/sql/analyze.js';
import type * as Reader from '../src/sql/reader.js';
import { sha1 } from '../src/tree/sha1.js';
import { HOSTILE } from '../test/sql/hostile.js';
import { loadTrinoGrammar } from '../test/sql/trino-oracle.js';

const ROUNDS = 3;
/** WebAssembly and JavaScript are compiled again while they run; until that is over nothing is counted. */
const WARM_UP_MS = 3000;
const WINDOWS = 4;
const WINDOW_MS = 150;
/** Looking at the clock takes as long as reading a short text: it is looked at no more often than this. */
const LOOK_MS = 5;
const OWN = 'own scanner (all of analyzeSql)';
const OWN_AGAIN = 'own scanner, text seen before';
const SQLPARSER = '@guanmingchiu/sqlparser-ts (parse only)';
const SQLPARSER_TABLES = '@guanmingchiu/sqlparser-ts (tables only)';
const TRINO = 'dt-sql-parser, Trino grammar (parse only)';
const CANDIDATES = [OWN, OWN_AGAIN, SQLPARSER, SQLPARSER_TABLES, TRINO];
const CONTEXT = { catalog: null, database: 'sales' };

const TABLES = ['orders', 'customers', 'items', 'web_logs', 'date_dim', 'stores', 'returns', 'campaigns'];
const COLUMNS = ['id', 'customer_id', 'store_id', 'total_price', 'order_date', 'status', 'country', 'channel'];

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'short (a dashboard tile)': texts(
    40,
    (n) => `SELECT ${column(n)}, count(*) FROM ${table(n)} WHERE ${column(n + 1)} = '${n}' GROUP BY 1 LIMIT 100`,
  ),
  'middle (a report)': texts(20, report),
  'large (a model of common tables)': texts(10, model),
};

const [candidate] = process.argv.slice(2);
if (candidate === undefined) await compare();
else process.stdout.write(JSON.stringify(await ratesOf(candidate)));

async function compare(): Promise<void> {
  const rounds: Record<string, readonly number[]>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rates: Record<string, readonly number[]> = {};
    for (const name of CANDIDATES) rates[name] = await ratesInOwnProcess(name);
    rounds.push(rates);
  }
  for (const [index, [group, list]] of Object.entries(GROUPS).entries()) {
    const bytes = Math.round(list.reduce((sum, sql) => sum + sql.length, 0) / list.length);
    console.log(`\n${group}: ${list.length} texts of ${bytes} bytes on average`);
    for (const name of CANDIDATES) {
      const rateOf = (rates: Record<string, readonly number[]>, each: string) => rates[each]?.[index] ?? Number.NaN;
      const perSecond = median(rounds.map((rates) => rateOf(rates, name))).toLocaleString('en-US', {
        maximumFractionDigits: 0,
      });
      const ratios = rounds.map((rates) => rateOf(rates, OWN) / rateOf(rates, name)).sort((a, b) => a - b);
      const ratio = `${median(ratios).toFixed(1)}x (${ratios[0]?.toFixed(1)} to ${ratios.at(-1)?.toFixed(1)})`;
      console.log(`  ${name.padEnd(44)} ${perSecond.padStart(9)} queries/CPU-s   own is ${ratio}`);
    }
  }

  const { analyzeSql, MAX_QUERY_BYTES }: typeof Analyze = await compiled('src/sql/analyze.ts');
  console.log(`\nhostile texts of ${MAX_QUERY_BYTES} bytes, slowest first (CPU ms, best of 3)`);
  const times = Object.entries(HOSTILE).map(([name, make]) => {
    const sql = make(MAX_QUERY_BYTES).slice(0, MAX_QUERY_BYTES);
    return { name, ms: Math.min(...[1, 2, 3].map(() => cpuMs(() => analyzeSql(sql, CONTEXT, sha1)))) };
  });
  for (const { name, ms } of times.sort((a, b) => b.ms - a.ms).slice(0, 8)) {
    console.log(`  ${name.padEnd(44)} ${ms.toFixed(0).padStart(9)} ms`);
  }
}

async function ratesInOwnProcess(name: string): Promise<readonly number[]> {
  const args = [...process.execArgv, process.argv[1] ?? 'bench/sql.ts', name];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** Queries per CPU-second of one candidate, a number a group: the best of a few windows after a warm-up. */
async function ratesOf(name: string): Promise<readonly number[]> {
  const run = await runnerOf(name);
  const everything = Object.values(GROUPS).flat();
  for (let spent = 0; spent < WARM_UP_MS; ) {
    spent += cpuMs(() => {
      for (const sql of everything) run(sql);
    });
  }
  return Object.values(GROUPS).map((list) => {
    const once = cpuMs(() => {
      for (const sql of list) run(sql);
    });
    const times = Math.max(1, Math.ceil(LOOK_MS / once));
    const windows = Array.from({ length: WINDOWS }, () => {
      let queries = 0;
      let spent = 0;
      while (spent < WINDOW_MS) {
        spent += cpuMs(() => {
          for (let each = 0; each < times; each++) for (const sql of list) run(sql);
        });
        queries += times * list.length;
      }
      return (queries / spent) * 1000;
    });
    return Math.max(...windows);
  });
}

async function runnerOf(name: string): Promise<(sql: string) => void> {
  if (name === OWN) {
    const { analyzeSql }: typeof Analyze = await compiled('src/sql/analyze.ts');
    return (sql) => void analyzeSql(sql, CONTEXT, sha1);
  }
  if (name === OWN_AGAIN) {
    const { createSqlReader }: typeof Reader = await compiled('src/sql/reader.ts');
    const read = createSqlReader(1000, sha1);
    return (sql) => void read(sql, CONTEXT);
  }
  if (name === SQLPARSER) {
    await init();
    return (sql) => void parse(sql, 'generic');
  }
  if (name === SQLPARSER_TABLES) {
    await init();
    if (tablesOf(parse('select * from a join b.c on true', 'generic')).join() !== 'a,b.c')
      throw new Error('the walk is wrong');
    return (sql) => void tablesOf(parse(sql, 'generic'));
  }
  const trino = await loadTrinoGrammar();
  return (sql) => {
    if (trino.parse(`${sql};`) === null) throw new Error('the Trino grammar refuses a text of this bench');
  };
}

/** The least that a user of the parser has to do for table names: walk the tree; without the scopes of common tables. */
function tablesOf(tree: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (key === 'Table' && Array.isArray(child?.name)) found.push(child.name.map(identifier).join('.'));
      visit(child);
    }
  };
  visit(tree);
  return [...new Set(found)].sort();
}

function identifier(part: { readonly Identifier?: { readonly value: string }; readonly value?: string }): string {
  return (part.Identifier?.value ?? part.value ?? '').toLowerCase();
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function compiled<T>(file: string): Promise<T> {
  const bundle = await build({ entryPoints: [file], bundle: true, write: false, format: 'esm', logLevel: 'silent' });
  const code = bundle.outputFiles[0]?.text ?? '';
  return await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

function cpuMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function texts(count: number, make: (n: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function report(n: number): string {
  const keys = Array.from({ length: 20 }, (_, i) => `'key-${n * 31 + i}'`).join(', ');
  return `-- report ${n}
SELECT "o"."${column(n)}" AS "bucket", c.country, count(DISTINCT o.id) AS orders, sum(o.total_price) AS revenue,
  avg(CASE WHEN r.id IS NULL THEN 0 ELSE r.total_price END) AS returned, rank() OVER (PARTITION BY c.country ORDER BY sum(o.total_price) DESC) AS place
FROM "sales"."${table(n)}" "o"
JOIN sales.customers c ON c.id = o.customer_id AND c.status IN (${keys})
LEFT JOIN (SELECT id, sum(total_price) AS total_price FROM sales.returns WHERE order_date > DATE '2024-01-${10 + (n % 20)}' GROUP BY id) r ON r.id = o.id
WHERE o.order_date BETWEEN DATE '2024-01-01' AND DATE '2024-12-31' AND o.${column(n + 3)} NOT IN (SELECT id FROM sales.stores WHERE country = 'x')
  AND extract(YEAR FROM o.order_date) = ${2000 + n}
GROUP BY 1, 2 HAVING sum(o.total_price) > ${n * 100}
ORDER BY 4 DESC LIMIT 500`;
}

function model(n: number): string {
  const steps = Array.from({ length: 8 }, (_, i) => {
    const from = i === 0 ? `sales.${table(n)}` : `step_${i - 1}`;
    return `step_${i} AS (
  SELECT s.id, s.customer_id, s.store_id, s.total_price, s.order_date, s.status, s.country, s.channel,
    lag(s.total_price, 1) OVER (PARTITION BY s.customer_id ORDER BY s.order_date) AS previous_${i},
    coalesce(d.status, 'none') AS label_${i}, CAST(d.order_date AS varchar) AS day_${i}
  FROM ${from} s
  LEFT JOIN "awsdatacatalog"."sales"."${table(n + i + 1)}" d ON d.id = s.id AND d.${column(i)} >= ${i}
  WHERE s.status <> 'deleted' AND (s.country LIKE 'A%' OR s.channel IN ('web', 'shop', 'phone', '${i}'))
)`;
  });
  return `WITH ${steps.join(',\n')}\nSELECT * FROM step_7 UNION ALL SELECT * FROM step_6 WHERE total_price > ${n}`;
}

function table(n: number): string {
  return TABLES[n % TABLES.length] ?? 'orders';
}

function column(n: number): string {
  return COLUMNS[n % COLUMNS.length] ?? 'id';
}
