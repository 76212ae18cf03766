/**
 * How fast is the SQL scanner against the packages that parse the same texts, and what does the worst text cost?
 * Run: npx tsx bench/sql.ts
 *
 * One run, one process, the same texts. The scanner does all of `analyzeSql` (kind, tables, comments, fingerprint); the
 * parsers only parse, which flatters them: finding tables in their trees comes on top. Numbers are CPU time; candidates
 * take turns, and medians are printed, of the ratio too, because the machine may be busy. The scanner is compiled as for
 * a release: tsx alone wraps every inner function to keep its name, which costs more than the scanning.
 */
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { build } from 'esbuild';
import type * as Analyze from '../src/sql/analyze.js';
import type * as Reader from '../src/sql/reader.js';
import { HOSTILE } from '../test/sql/hostile.js';
import { loadTrinoGrammar } from '../test/sql/trino-oracle.js';

type Candidates = Readonly<Record<string, (sql: string) => void>>;

const TURNS = 15;
const TURN_MS = 150;
const OWN = 'own scanner (all of analyzeSql)';
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

await main();

async function main(): Promise<void> {
  await init();
  const { analyzeSql, MAX_QUERY_BYTES }: typeof Analyze = await compiled('src/sql/analyze.ts');
  const { createSqlReader }: typeof Reader = await compiled('src/sql/reader.ts');
  const read = createSqlReader(1000);
  const results = new Map<string, Map<string, readonly number[]>>();
  const measure = (candidates: Candidates): void => {
    for (const [group, list] of Object.entries(GROUPS)) {
      results.set(group, new Map([...(results.get(group) ?? []), ...ratesOf(candidates, list)]));
    }
  };
  measure({
    [OWN]: (sql) => void analyzeSql(sql, CONTEXT),
    'own scanner, text seen before': (sql) => void read(sql, CONTEXT),
    '@guanmingchiu/sqlparser-ts (parse only)': (sql) => void parse(sql, 'generic'),
  });
  // Last, because its caches of hundreds of MB slow down whatever shares the heap with them.
  const trino = await loadTrinoGrammar();
  measure({
    'dt-sql-parser, Trino grammar (parse only)': (sql) => {
      if (trino.parse(`${sql};`) === null) throw new Error('the Trino grammar refuses a text of this bench');
    },
  });

  for (const [group, rates] of results) {
    const list = GROUPS[group] ?? [];
    const bytes = Math.round(list.reduce((sum, sql) => sum + sql.length, 0) / list.length);
    console.log(`\n${group}: ${list.length} texts of ${bytes} bytes on average`);
    const own = rates.get(OWN) ?? [];
    for (const [name, turns] of rates) {
      const perSecond = median(turns).toLocaleString('en-US', { maximumFractionDigits: 0 });
      const ratio = median(turns.map((rate, turn) => (own[turn] ?? Number.NaN) / rate)).toFixed(1);
      console.log(`  ${name.padEnd(44)} ${perSecond.padStart(9)} queries/CPU-s   own is ${ratio}x`);
    }
  }

  console.log(`\nhostile texts of ${MAX_QUERY_BYTES} bytes, slowest first (CPU ms, best of 3)`);
  const times = Object.entries(HOSTILE).map(([name, make]) => {
    const sql = make(MAX_QUERY_BYTES).slice(0, MAX_QUERY_BYTES);
    return { name, ms: Math.min(...[1, 2, 3].map(() => cpuMs(() => analyzeSql(sql, CONTEXT)))) };
  });
  for (const { name, ms } of times.sort((a, b) => b.ms - a.ms).slice(0, 8)) {
    console.log(`  ${name.padEnd(44)} ${ms.toFixed(0).padStart(9)} ms`);
  }
}

/** Runs each candidate over the list for a while, in turns; the rates of the turns in queries per CPU-second. */
function ratesOf(candidates: Candidates, list: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const rates = new Map<string, number[]>();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, run] of Object.entries(candidates)) {
      let queries = 0;
      let spent = 0;
      while (spent < TURN_MS) {
        spent += cpuMs(() => {
          for (const sql of list) run(sql);
        });
        queries += list.length;
      }
      rates.set(name, [...(rates.get(name) ?? []), (queries / spent) * 1000]);
    }
  }
  return rates;
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
