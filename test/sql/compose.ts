/** A source of choices: the property tests hand in fast-check's, so that a failure shrinks and repeats. */
export interface Choices {
  /** A whole number from 0 to `below` - 1. */
  readonly pick: (below: number) => number;
}

/** A statement and what it must be found to name, by construction. */
export interface Composed {
  readonly sql: string;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

interface Query {
  readonly sql: string;
  readonly reads: ReadonlySet<string>;
}

type Wrap = (inner: Query, choices: Choices) => Query;
type Finish = (inner: Query, choices: Choices) => Composed;

const NAMES = [
  'orders',
  'customers',
  'events',
  'web_logs',
  'date_dim',
  '"We Ird"',
  '"order"',
  'items',
  'from_x',
  '`hive_t`',
  // Not reserved, so they may name anything.
  'serde',
  'offset',
  'view',
  'set',
];
const PREFIXES = ['', '', '', 'sales.', '"raw data".', 'awsdatacatalog.sales.', '"lambda:fn".db.', 'db1.'];
const LITERALS = ['1', `'it''s from x'`, 'null', `date '2024-01-01'`, '-2.5e3', `'/* no */ -- no'`, 'true', '?'];

/** Builds a random statement out of wrappings; `depth` of them. */
export function compose(choices: Choices, depth: number): Composed {
  let query = select(choices);
  for (let level = 0; level < depth; level++) query = choose(WRAPS, choices)(query, choices);
  return choose(FINISHES, choices)(query, choices);
}

/** Keeps to what Trino's own grammar has, for the comparison with it. */
export function composeTrino(choices: Choices, depth: number): Composed {
  let query = select(choices, true);
  for (let level = 0; level < depth; level++) query = choose(WRAPS, choices)(query, choices);
  return choose(TRINO_FINISHES, choices)(query, choices);
}

function table(choices: Choices, isTrino = false): { sql: string; name: string } {
  const names = isTrino ? NAMES.filter((name) => !name.startsWith('`')) : NAMES;
  const sql = choose(PREFIXES, choices) + choose(names, choices);
  const written = choices.pick(3) === 0 ? sql.toUpperCase() : sql;
  return { sql: written, name: sql.replaceAll('`', '').replace('"order"', 'order').toLowerCase() };
}

function select(choices: Choices, isTrino = false): Query {
  const one = table(choices, isTrino);
  const two = table(choices, isTrino);
  const value = choose(LITERALS, choices);
  const texts = [
    `select a, ${value} as b from ${one.sql}`,
    `SELECT x.a FROM ${one.sql} AS x WHERE x.b IN (${value}, ${value}) -- from nowhere\n`,
    `select count(*) /* from y, z */ from ${one.sql} x group by x.a having count(*) > 1`,
    `select a, extract(year from c), trim(both from d) from ${one.sql}`,
    `select sum(v) over (partition by a order by b rows between 1 preceding and current row) from ${one.sql}`,
    `select a is distinct from ${value} from ${one.sql} t cross join unnest(t.xs) with ordinality as u (i, n)`,
  ];
  const joins = [
    `select * from ${one.sql} one, ${two.sql} two`,
    `select * from ${one.sql} one left join ${two.sql} two on case when one.k = 1 then true else false end`,
    `select * from ${one.sql} one join u0 on array[one.a, u0.b] = array[${value}, ${value}], ${two.sql} offset`,
  ];
  const index = choices.pick(texts.length + joins.length);
  if (index < texts.length) return { sql: texts[index] ?? '', reads: new Set([one.name]) };
  const sql = joins[index - texts.length] ?? '';
  const reads = [one.name, two.name];
  return { sql, reads: new Set(sql.includes(' u0 ') ? [...reads, 'u0'] : reads) };
}

const WRAPS: readonly Wrap[] = [
  ({ sql, reads }) => ({ sql: `select * from (${sql}) as sub`, reads }),
  ({ sql, reads }) => ({ sql: `with cte as (${sql}) select * from cte c1 join cte c2 on c1.a = c2.a`, reads }),
  ({ sql, reads }) => ({ sql: `with a1 (x) as (${sql}), a2 as (select * from a1) select * from a2, a1`, reads }),
  ({ sql, reads }) => ({ sql: `with recursive r (n) as (${sql} union all select n from r) select n from r`, reads }),
  // Its own name inside the common table is the real one outside it.
  ({ sql, reads }) => ({
    sql: `with shadow as (select * from shadow where k in (${sql})) select * from shadow`,
    reads: new Set([...reads, 'shadow']),
  }),
  ({ sql, reads }) => ({ sql: `(${sql}) limit 5`, reads }),
  ({ sql, reads }) => ({ sql: `select 1 where exists (${sql})`, reads }),
  ({ sql, reads }) => ({
    sql: `select (${sql}) as scalar, f(x, (${sql})) from (values (1, 'a'), (2, null)) v (x, y)`,
    reads,
  }),
  ({ sql, reads }) => ({ sql: `select * from t0 where k not in (${sql})`, reads: new Set([...reads, 't0']) }),
  ({ sql, reads }) => ({
    sql: `select * from (t1 join (${sql}) s on true), t2`,
    reads: new Set([...reads, 't1', 't2']),
  }),
  ({ sql, reads }) => ({ sql: `select * from t3 cross join lateral (${sql}) l`, reads: new Set([...reads, 't3']) }),
  ({ sql, reads }, choices) => {
    const other = select(choices, true);
    const operator = choose(['union', 'union all', 'except', 'intersect'], choices);
    return { sql: `(${sql}) ${operator} (${other.sql})`, reads: new Set([...reads, ...other.reads]) };
  },
  ({ sql, reads }) => ({ sql: `select a from t4 order by (${sql}) desc nulls last`, reads: new Set([...reads, 't4']) }),
];

const TRINO_FINISHES: readonly Finish[] = [
  ({ sql, reads }) => ({ sql, reads, writes: new Set() }),
  ({ sql, reads }) => ({ sql: `insert into out1 (a, b) ${sql}`, reads, writes: new Set(['out1']) }),
  ({ sql, reads }) => ({ sql: `create table db.out2 as ${sql} with no data`, reads, writes: new Set(['db.out2']) }),
  ({ sql, reads }) => ({ sql: `create or replace view out3 as ${sql}`, reads, writes: new Set(['out3']) }),
  ({ sql, reads }) => ({ sql: `update out4 set a = (${sql}) where b = 1`, reads, writes: new Set(['out4']) }),
  ({ sql, reads }) => ({ sql: `delete from out5 where a in (${sql})`, reads, writes: new Set(['out5']) }),
  ({ sql, reads }) => ({
    sql: `merge into out6 t using (${sql}) s on t.a = s.a when matched then update set b = s.b when not matched then insert (a) values (s.a)`,
    reads,
    writes: new Set(['out6']),
  }),
  ({ sql, reads }) => ({ sql: `explain (type logical) ${sql}`, reads, writes: new Set() }),
  ({ sql, reads }) => ({ sql: `prepare p1 from ${sql}`, reads, writes: new Set() }),
];

const FINISHES: readonly Finish[] = [
  ...TRINO_FINISHES,
  ({ sql, reads }) => ({ sql: `/* lead */ ${sql};\n-- trail`, reads, writes: new Set() }),
  ({ sql, reads }) => ({
    sql: `unload (${sql}) to 's3://bucket/from/x/' with (format = 'PARQUET')`,
    reads,
    writes: new Set(['s3://bucket/from/x/']),
  }),
  ({ sql, reads }) => ({
    sql: `create table out7 with (format = 'ORC', partitioned_by = array['d']) as ${sql}`,
    reads,
    writes: new Set(['out7']),
  }),
  ({ sql, reads }) => ({
    sql: `using external function f(x row(a int)) returns varchar lambda 'from nowhere' ${isBare(sql) ? sql : `select * from (${sql}) q`}`,
    reads,
    writes: new Set(),
  }),
  ({ sql, reads }) => ({ sql: `explain analyze verbose ${sql}`, reads, writes: new Set() }),
  ({ sql, reads }) => ({
    sql: `execute immediate '${sql.replaceAll("'", "''")}'`,
    reads,
    writes: new Set(),
  }),
  ({ sql, reads }) => ({ sql: `drop table if exists gone; ${sql}`, reads, writes: new Set(['gone']) }),
];

function isBare(sql: string): boolean {
  return /^(?:select|with) /i.test(sql);
}

function choose<T>(list: readonly T[], choices: Choices): T {
  const item = list[choices.pick(list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
