/** Who writes a statement: analysts, BI tools, dbt, pipelines, finance, data scientists, operators. */
export type SqlStyle = 'analyst' | 'bi' | 'dbt' | 'etl' | 'finance' | 'ml' | 'ops';

/**
 * A statement with holes. `{r:db.table}` reads a table, `{w:db.table}` writes it, `{h:…}` and `{x:…}` are the same in
 * the Hive dialect (never in double quotes); the other holes are values. So the generator knows the tables by
 * construction and needs no parser.
 */
export interface SqlTemplate {
  readonly styles: readonly SqlStyle[];
  readonly type: 'DML' | 'DDL' | 'UTILITY';
  readonly substatement: string;
  /** Median of the bytes scanned, in megabytes; 0 for statements that scan nothing. */
  readonly scanMb: number;
  readonly text: string;
}

export const SQL_TEMPLATES: readonly SqlTemplate[] = [
  select(
    ['analyst', 'bi'],
    420,
    `SELECT country, count(*) AS orders, sum(amount_cents) / 100.0 AS revenue
FROM {r:sales.orders}
WHERE order_date BETWEEN date '{day}' - interval '7' day AND date '{day}'
GROUP BY country
ORDER BY revenue DESC
LIMIT {n}`,
  ),
  select(
    ['analyst'],
    900,
    `WITH recent AS (
  SELECT customer_id, max(order_date) AS last_order, count(*) AS orders
  FROM {r:sales.orders} WHERE order_date >= date '{day}' - interval '90' day GROUP BY 1
), orders AS (SELECT * FROM recent WHERE orders > {small})
SELECT c.segment, count(*) AS customers, approx_percentile(o.orders, 0.5) AS typical
FROM orders o JOIN {r:customers.profiles} c ON c.customer_id = o.customer_id
GROUP BY c.segment -- churn, see ticket {n}`,
  ),
  select(
    ['analyst', 'finance'],
    60,
    `select p.email, p.full_name, p.phone from {r:customers.pii} p where p.customer_id = {n}`,
  ),
  select(
    ['analyst'],
    120,
    `SELECT * FROM {r:sales.orders} o, {r:sales.order_lines} l
WHERE o.order_id = l.order_id AND o.order_id IN ({ids})`,
  ),
  select(
    ['analyst'],
    2400,
    `SELECT date_trunc('hour', from_unixtime(ts)) AS hour, status, count(*) AS hits
FROM {r:web.access_logs}
WHERE year = '2026' AND regexp_like(path, '^/shop/[a-z0-9\\\\-]+\\\\.html$') AND user_agent NOT LIKE '%bot\\_%' ESCAPE '\\'
GROUP BY 1, 2 ORDER BY 1`,
  ),
  select(
    ['analyst'],
    300,
    `SELECT 'It''s "quoted" -- and not a comment, /* nor this */' AS note, city, count(*)
FROM {r:customers.profiles} WHERE city IN ('Zürich', 'São Paulo', '東京', 'Łódź', 'Αθήνα 🏛') GROUP BY 1, 2`,
  ),
  select(
    ['analyst'],
    700,
    `SELECT\ts.session_id,\n\tarray_agg(e.name ORDER BY e.ts) AS path,\r\n\tcardinality(s.tags) AS tags\nFROM\t{r:web.sessions} s\nCROSS JOIN UNNEST(s.events) AS e (name, ts)\nWHERE\ts.started_at >= timestamp '{day} 00:00:00'\nGROUP BY s.session_id, s.tags`,
  ),
  select(
    ['analyst', 'finance'],
    1500,
    `SELECT o.country, extract(year FROM o.order_date) AS year, sum(r.refund_cents) AS refunds
FROM {r:sales.orders} o
LEFT JOIN (SELECT order_id, sum(amount_cents) AS refund_cents FROM {r:finance.refunds} GROUP BY order_id) r USING (order_id)
WHERE NOT EXISTS (SELECT 1 FROM {r:sales.test_orders} t WHERE t.order_id = o.order_id)
GROUP BY ROLLUP (o.country, extract(year FROM o.order_date))`,
  ),
  select(
    ['finance'],
    2200,
    `WITH RECURSIVE tree (account_id, parent_id, depth) AS (
  SELECT account_id, parent_id, 0 FROM {r:finance.chart_of_accounts} WHERE parent_id IS NULL
  UNION ALL
  SELECT a.account_id, a.parent_id, t.depth + 1 FROM {r:finance.chart_of_accounts} a JOIN tree t ON a.parent_id = t.account_id
)
SELECT t.depth, sum(l.amount_cents) FROM {r:finance.ledger} l JOIN tree t ON t.account_id = l.account_id
WHERE l.booked_on <= date '{day}' GROUP BY t.depth`,
  ),
  select(
    ['finance'],
    180,
    `SELECT i.invoice_id, i.total_cents, p.paid_at FROM {r:finance.invoices} i
FULL OUTER JOIN {r:postgres.billing.payments} p ON p.invoice_id = i.invoice_id WHERE p.paid_at IS NULL OR i.invoice_id IS NULL`,
  ),
  select(
    ['bi'],
    260,
    `SELECT "source"."week" AS "week", SUM("source"."revenue") AS "sum"
FROM (SELECT date_trunc('week', order_date) AS "week", amount_cents / 100.0 AS "revenue" FROM {r:sales.orders}) "source"
GROUP BY "source"."week" ORDER BY "source"."week" ASC LIMIT 1048575`,
  ),
  select(
    ['bi'],
    80,
    `SELECT channel, campaign, sum(spend_cents) AS spend, sum(clicks) AS clicks FROM {r:marketing.campaign_days}
WHERE day >= date '{day}' - interval '28' day GROUP BY channel, campaign`,
  ),
  select(
    ['bi'],
    340,
    `SELECT DISTINCT "c"."segment" AS "segment" FROM {r:customers.profiles} "c" WHERE "c"."country" = '{country}' LIMIT 2000`,
  ),
  select(['bi', 'analyst'], 40, `SELECT count(*) FROM {r:sales.daily_revenue}`),
  select(
    ['ml'],
    5200,
    `SELECT f.customer_id, f.recency_days, f.frequency, f.monetary, map_agg(e.kind, e.score) AS embeddings
FROM {r:ml.features_rfm} f JOIN {r:ml.embeddings} e ON e.customer_id = f.customer_id
TABLESAMPLE BERNOULLI ({small})
WHERE f.as_of = date '{day}' GROUP BY 1, 2, 3, 4`,
  ),
  dml(
    ['ml'],
    'UNLOAD',
    6100,
    `UNLOAD (SELECT * FROM {r:ml.features_rfm} WHERE as_of = date '{day}')
TO '{u:s3://acorn-ml-features/rfm/dt=}{day}/' WITH (format = 'PARQUET', compression = 'ZSTD')`,
  ),
  ddl(
    ['ml', 'analyst'],
    'CREATE_TABLE_AS_SELECT',
    3300,
    `CREATE TABLE {w:scratch.training_set}
WITH (format = 'PARQUET', external_location = 's3://acorn-scratch/{uuid}/', bucketed_by = ARRAY['customer_id'], bucket_count = 8) AS
SELECT f.*, l.label FROM {r:ml.features_rfm} f JOIN {r:ml.labels} l ON l.customer_id = f.customer_id`,
  ),
  dml(
    ['dbt', 'etl'],
    'INSERT',
    1800,
    `insert into {w:sales.daily_revenue}
with src as (select * from {r:raw.shop_orders} where ingest_date = '{day}')
select cast(order_ts as date), country, sum(amount_cents) from src group by 1, 2`,
  ),
  dml(
    ['dbt'],
    'MERGE',
    950,
    `merge into {w:sales.orders} as target using {r:staging.orders_delta} as src on target.order_id = src.order_id
when matched and src.is_deleted then delete
when matched then update set amount_cents = src.amount_cents, updated_at = src.updated_at
when not matched then insert (order_id, customer_id, amount_cents) values (src.order_id, src.customer_id, src.amount_cents)`,
  ),
  ddl(
    ['dbt'],
    'CREATE_TABLE_AS_SELECT',
    1300,
    `create table {w:staging.orders_delta}
with (table_type='iceberg', is_external=false, location='s3://acorn-lake/staging/{uuid}', format='parquet') as
select distinct * from {r:raw.shop_orders} where ingest_date >= '{day}'`,
  ),
  ddl(['dbt'], 'DROP_TABLE', 0, 'drop table if exists `{xb:staging.orders_delta}`'),
  ddl(
    ['dbt'],
    'CREATE_VIEW',
    0,
    `create or replace view {w:sales.v_customers} as
select c.customer_id, c.segment, o.orders from {r:customers.profiles} c left join {r:sales.customer_totals} o on o.customer_id = c.customer_id`,
  ),
  ddl(
    ['etl'],
    'ALTER_TABLE_ADD_PARTITION',
    0,
    `ALTER TABLE {x:raw.shop_orders} ADD IF NOT EXISTS PARTITION (ingest_date = '{day}') LOCATION 's3://acorn-raw/shop/{day}/'`,
  ),
  dml(
    ['etl'],
    'INSERT',
    2600,
    `INSERT INTO {w:web.sessions}
SELECT session_id, min(ts) AS started_at, array_agg(CAST(ROW(name, ts) AS ROW(name varchar, ts bigint))), ARRAY['{country}'], '{day}'
FROM {r:raw.web_events} WHERE dt = '{day}' GROUP BY session_id`,
  ),
  dml(
    ['etl', 'finance'],
    'UPDATE',
    90,
    `UPDATE {w:finance.invoices} SET state = 'overdue' WHERE due_on < date '{day}' AND state = 'open'`,
  ),
  dml(
    ['etl', 'ops'],
    'DELETE',
    140,
    `DELETE FROM {w:customers.pii} WHERE customer_id IN (SELECT customer_id FROM {r:customers.erasure_requests} WHERE done_at IS NULL)`,
  ),
  ddl(
    ['etl', 'ops'],
    'CREATE_TABLE',
    0,
    `CREATE EXTERNAL TABLE IF NOT EXISTS {x:raw.partner_feed} (
  \`id\` string COMMENT 'partner''s id',
  \`payload\` struct<name:string,tags:array<string>>
) PARTITIONED BY (\`dt\` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://acorn-raw/partner/'`,
  ),
  ddl(['ops', 'etl'], 'MSCK', 0, 'MSCK REPAIR TABLE {x:web.access_logs}'),
  dml(
    ['ops', 'dbt'],
    'OPTIMIZE',
    4200,
    `OPTIMIZE {w:sales.orders} REWRITE DATA USING BIN_PACK WHERE order_date >= date '{day}'`,
  ),
  utility(['ops', 'analyst'], 'SHOW_TABLES', 'SHOW TABLES IN sales'),
  utility(['ops', 'analyst'], 'SHOW_PARTITIONS', 'SHOW PARTITIONS {h:raw.shop_orders}'),
  utility(['analyst', 'bi'], 'DESCRIBE_TABLE', 'DESCRIBE {h:sales.orders}'),
  utility(['bi'], 'SHOW_DATABASES', 'SHOW DATABASES'),
  utility(
    ['analyst', 'ml'],
    'EXPLAIN',
    `EXPLAIN (TYPE DISTRIBUTED) SELECT count(*) FROM {r:web.access_logs} a JOIN {r:web.sessions} s ON s.session_id = a.session_id`,
  ),
  dml(
    ['analyst'],
    'EXPLAIN',
    510,
    `EXPLAIN ANALYZE SELECT status, count(*) FROM {r:web.access_logs} WHERE year = '2026' GROUP BY status`,
  ),
  ddl(
    ['analyst', 'finance'],
    'PREPARE',
    0,
    `PREPARE orders_of_customer FROM SELECT * FROM {r:sales.orders} WHERE customer_id = ? AND order_date >= ?`,
  ),
  dml(['analyst', 'finance'], 'EXECUTE', 75, `EXECUTE orders_of_customer USING {n}, date '{day}'`),
  select(['ops'], 5, `SELECT * FROM {r$snapshots:sales.orders} ORDER BY committed_at DESC LIMIT 10`),
  select(['ops', 'analyst'], 3, `SELECT 1`),
  select(
    ['ops'],
    700,
    `SELECT eventname, useridentity.arn, count(*) FROM {r:ops.cloudtrail_logs}
WHERE eventsource = 'athena.amazonaws.com' AND eventname = 'StartQueryExecution' AND timestamp = '2026/11/01' GROUP BY 1, 2`,
  ),
];

function select(styles: readonly SqlStyle[], scanMb: number, text: string): SqlTemplate {
  return { styles, type: 'DML', substatement: 'SELECT', scanMb, text };
}

function dml(styles: readonly SqlStyle[], substatement: string, scanMb: number, text: string): SqlTemplate {
  return { styles, type: 'DML', substatement, scanMb, text };
}

function ddl(styles: readonly SqlStyle[], substatement: string, scanMb: number, text: string): SqlTemplate {
  return { styles, type: 'DDL', substatement, scanMb, text };
}

function utility(styles: readonly SqlStyle[], substatement: string, text: string): SqlTemplate {
  return { styles, type: 'UTILITY', substatement, scanMb: 0, text };
}
