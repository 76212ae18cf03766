import type { Random } from './fixture-random.js';

/** A statement the made-up company runs, with changing literals. */
export interface Template {
  readonly weight: number;
  readonly type: string;
  readonly kind: string;
  readonly database: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly medianBytes: number;
  readonly fingerprint: string;
  readonly sql: (context: { readonly random: Random; readonly day: number }) => string;
}

const GB = 1_073_741_824;

function template(
  weight: number,
  [type, kind]: readonly [string, string],
  [reads, writes]: readonly [readonly string[], readonly string[]],
  medianBytes: number,
  sql: Template['sql'],
): Template {
  const full = (name: string) => (name.startsWith('s3:') ? name : `awsdatacatalog.${name}`);
  const database = (reads[0] ?? writes[0] ?? 'default.x').split('.')[0] ?? 'default';
  const seed = [...`${kind}${reads.join()}${writes.join()}${weight}${medianBytes}`].reduce(
    (hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0,
    7,
  );
  const fingerprint = `v2:${(seed * 2_654_435_761).toString(16).padStart(16, '0').slice(-16)}`;
  return {
    weight,
    type,
    kind,
    database,
    reads: reads.map(full),
    writes: writes.map(full),
    medianBytes,
    fingerprint,
    sql,
  };
}

const SELECT = ['DML', 'SELECT'] as const;

function date(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

export const ANALYST: readonly Template[] = [
  template(
    9,
    SELECT,
    [['sales.orders', 'sales.order_items'], []],
    7 * GB,
    ({ random, day }) =>
      `SELECT o.country, date_trunc('week', o.created_at) AS week, count(*) AS orders, sum(i.amount) AS revenue\nFROM sales.orders o\nJOIN sales.order_items i ON i.order_id = o.order_id\nWHERE o.dt BETWEEN DATE '${date(day - 7 - Math.floor(random.next() * 60))}' AND DATE '${date(day)}'\n  AND o.country IN ('${random.pick(['DE', 'FR', 'IN', 'BR', 'JP'])}', '${random.pick(['US', 'ES', 'IT'])}')\nGROUP BY 1, 2\nORDER BY revenue DESC\nLIMIT ${random.pick([50, 100, 500])}`,
  ),
  template(
    6,
    SELECT,
    [['web.sessions'], []],
    26 * GB,
    ({ random, day }) =>
      `SELECT utm_source, count(DISTINCT visitor_id) visitors, avg(duration_s) FROM web.sessions WHERE dt >= '${date(day - 30)}' AND utm_campaign LIKE '%${random.pick(['autumn', 'retarget', 'brand', 'launch'])}%' GROUP BY utm_source`,
  ),
  template(
    5,
    SELECT,
    [['web.events', 'customers.profiles'], []],
    90 * GB,
    ({ random, day }) =>
      `with funnel as (\n  select visitor_id, min(case when event = 'view' then ts end) v, min(case when event = 'buy' then ts end) b\n  from web.events where dt = '${date(day - 1 - Math.floor(random.next() * 20))}' group by visitor_id\n)\nselect p.segment, count(*) views, count(b) buys\nfrom funnel f left join customers.profiles p on p.visitor_id = f.visitor_id\ngroup by p.segment`,
  ),
  template(
    4,
    SELECT,
    [['sales.orders'], []],
    1 * GB,
    ({ random }) =>
      `select * from sales.orders where order_id = ${1_000_000 + Math.floor(random.next() * 9_000_000)} limit 10`,
  ),
  template(2, ['UTILITY', 'SHOW_COLUMNS'], [['sales.orders'], []], 0, () => 'SHOW COLUMNS IN sales.orders'),
  template(
    2,
    ['DDL', 'CREATE_VIEW'],
    [['sales.orders'], ['sandbox.my_orders']],
    0,
    ({ random }) =>
      `CREATE OR REPLACE VIEW sandbox.my_orders AS SELECT * FROM sales.orders WHERE region = '${random.pick(['emea', 'apac', 'amer'])}'`,
  ),
];

export const PII: readonly Template[] = [
  template(
    1.2,
    SELECT,
    [['customers.pii'], []],
    3 * GB,
    ({ random }) =>
      `SELECT customer_id, full_name, email, iban FROM customers.pii WHERE email = '${random.pick(['m.garcia', 'j.smith', 'p.kumar', 'a.weber'])}${Math.floor(random.next() * 900)}@example.com'`,
  ),
  template(
    0.5,
    SELECT,
    [['customers.pii', 'sales.orders'], []],
    14 * GB,
    ({ random, day }) =>
      `SELECT p.full_name, p.phone, sum(o.amount) AS spend\nFROM customers.pii p JOIN sales.orders o ON o.customer_id = p.customer_id\nWHERE o.dt >= DATE '${date(day - 90)}'\nGROUP BY 1, 2 HAVING sum(o.amount) > ${random.pick([1000, 5000, 10_000])}\nORDER BY spend DESC LIMIT 200`,
  ),
];

export const FINANCE: readonly Template[] = [
  template(
    6,
    SELECT,
    [['finance.ledger', 'core.models'], []],
    60 * GB,
    ({ random, day }) =>
      `SELECT o.ledger_id, o.created_at, count(*) AS n, sum(o.amount) AS total\nFROM finance.ledger o\n  JOIN core.models d ON d.id = o.models_id\nWHERE o.dt BETWEEN DATE '${date(day - 7)}' AND DATE '${date(day)}'\n  AND o.segment_id = ${Math.floor(random.next() * 9999)}\nGROUP BY 1, 2 ORDER BY total DESC LIMIT ${Math.floor(random.next() * 500) + 1}`,
  ),
  template(
    4,
    SELECT,
    [['finance.invoices'], []],
    5 * GB,
    ({ day }) =>
      `SELECT status, currency, sum(amount) FROM finance.invoices WHERE due_date < DATE '${date(day)}' GROUP BY 1, 2`,
  ),
  template(
    2,
    SELECT,
    [['finance.payroll'], []],
    1 * GB,
    ({ random }) =>
      `SELECT department, avg(salary) FROM finance.payroll WHERE period = '2026-${random.pick(['09', '10', '11'])}' GROUP BY department`,
  ),
  template(
    1,
    ['DML', 'UNLOAD'],
    [['finance.invoices'], ['s3://acme-finance-exports/invoices/']],
    5 * GB,
    ({ day }) =>
      `UNLOAD (SELECT * FROM finance.invoices WHERE dt = '${date(day - 1)}') TO 's3://acme-finance-exports/invoices/' WITH (format = 'PARQUET')`,
  ),
];

export const ML: readonly Template[] = [
  template(
    4,
    ['DML', 'CREATE_TABLE_AS_SELECT'],
    [['web.events', 'customers.profiles'], ['features.user_daily']],
    380 * GB,
    ({ random, day }) =>
      `CREATE TABLE features.user_daily_${random.hex(6)} WITH (format = 'PARQUET', write_compression = 'ZSTD') AS\nSELECT p.customer_id, count(*) events_${random.pick([7, 14, 30])}d, approx_distinct(e.page) pages\nFROM web.events e JOIN customers.profiles p USING (visitor_id)\nWHERE e.dt > '${date(day - 30)}' GROUP BY p.customer_id`,
  ),
  template(
    5,
    SELECT,
    [['features.user_daily'], []],
    12 * GB,
    ({ random }) =>
      `SELECT * FROM features.user_daily TABLESAMPLE BERNOULLI (${random.pick([1, 2, 5])}) WHERE split = '${random.pick(['train', 'test'])}'`,
  ),
];

export const DBT: readonly Template[] = [
  template(
    6,
    ['DML', 'INSERT'],
    [['raw.orders_stream', 'sales.products'], ['sales.orders']],
    9 * GB,
    ({ day }) =>
      `insert into sales.orders\nselect r.*, p.category from raw.orders_stream r left join sales.products p on p.sku = r.sku\nwhere r.ingest_date = date '${date(day)}'`,
  ),
  template(
    5,
    ['DML', 'CREATE_TABLE_AS_SELECT'],
    [['sales.orders', 'sales.order_items'], ['marts.fct_revenue']],
    48 * GB,
    ({ random }) =>
      `create table marts.fct_revenue__dbt_tmp_${random.hex(8)} with (table_type='iceberg', is_external=false) as\nselect o.order_id, o.customer_id, sum(i.amount) as revenue from sales.orders o join sales.order_items i using (order_id) group by 1, 2`,
  ),
  template(
    3,
    ['DDL', 'DROP_TABLE'],
    [[], ['marts.fct_revenue']],
    0,
    ({ random }) => `drop table if exists marts.fct_revenue__dbt_tmp_${random.hex(8)}`,
  ),
  template(
    4,
    SELECT,
    [['information_schema.tables'], []],
    0.0002 * GB,
    () => "select table_name, table_type from information_schema.tables where table_schema = 'marts'",
  ),
];

export const BI: readonly Template[] = [
  template(
    8,
    SELECT,
    [['marts.fct_revenue'], []],
    4 * GB,
    ({ random, day }) =>
      `SELECT "country", SUM("revenue") AS "sum_revenue" FROM "marts"."fct_revenue" WHERE "order_date" >= TIMESTAMP '${date(day - random.pick([7, 28, 90]))} 00:00:00' GROUP BY "country" ORDER BY "sum_revenue" DESC LIMIT 1000`,
  ),
  template(
    5,
    SELECT,
    [['marts.fct_sessions'], []],
    11 * GB,
    ({ day }) =>
      `SELECT date_trunc('day', ts), count(*) FROM marts.fct_sessions WHERE ts > DATE '${date(day - 30)}' GROUP BY 1 ORDER BY 1`,
  ),
  template(
    1,
    SELECT,
    [['customers.profiles', 'marts.fct_revenue'], []],
    18 * GB,
    ({ random }) =>
      `SELECT p.segment, sum(f.revenue) FROM customers.profiles p JOIN marts.fct_revenue f ON f.customer_id = p.customer_id WHERE p.country = '${random.pick(['DE', 'US', 'JP'])}' GROUP BY 1`,
  ),
];

export const INGEST: readonly Template[] = [
  template(
    5,
    ['DDL', 'ALTER_TABLE_ADD_PARTITION'],
    [[], ['raw.orders_stream']],
    0,
    ({ day }) => `ALTER TABLE raw.orders_stream ADD IF NOT EXISTS PARTITION (ingest_date = '${date(day)}')`,
  ),
  template(
    4,
    SELECT,
    [['raw.orders_stream'], []],
    2 * GB,
    ({ day }) => `SELECT count(*) FROM raw.orders_stream WHERE ingest_date = '${date(day)}'`,
  ),
  template(1, ['DDL', 'MSCK_REPAIR'], [[], ['raw.clickstream']], 0, () => 'MSCK REPAIR TABLE raw.clickstream'),
];
