import { describe, expect, test } from 'vitest';
import { sha1 } from '../tree/sha1.js';
import type { SqlContext } from './analysis.js';
import { analyzeSql, MAX_QUERY_BYTES, splitStatements } from './analyze.js';

const AS_WRITTEN: SqlContext = { catalog: null, database: null, defaultCatalog: null };

type Case = [sql: string, kind: string, read: string, written: string];

const QUERIES: Case[] = [
  ['select 1', 'SELECT', '', ''],
  ['SELECT * FROM Orders', 'SELECT', 'orders', ''],
  ['select * from a.b join c.d using (x)', 'SELECT', 'a.b c.d', ''],
  ['select * from a, b as bb, c cc where a.x = bb.x', 'SELECT', 'a b c', ''],
  ['select * from (a cross join b) join (c left join d on c.i = d.i) on true', 'SELECT', 'a b c d', ''],
  ['select * from ((select * from deep))', 'SELECT', 'deep', ''],
  [
    'select (select max(v) from m), x in (select k from n) from o where exists (select 1 from p)',
    'SELECT',
    'm n o p',
    '',
  ],
  ['select a from t1 union all select b from t2 except (select c from t3)', 'SELECT', 't1 t2 t3', ''],
  ['table t', 'SELECT', 't', ''],
  ['(table a) union table b', 'SELECT', 'a b', ''],
  ['values (1, 2), (3, 4)', 'SELECT', '', ''],
  ["select * from (values (1, null), (array[2], json '{}')) as t (a, b), u", 'SELECT', 'u', ''],
  ['select * from t, unnest(t.items, other) with ordinality as u (i, n), v', 'SELECT', 't v', ''],
  ['select * from t cross join lateral (select * from w where w.i = t.i) x', 'SELECT', 't w', ''],
  ['select * from t lateral view explode(xs) e as x, y', 'SELECT', 't', ''],
  ['select * from t tablesample bernoulli (10), u', 'SELECT', 't u', ''],
  [
    'select a.x from t a join u on case when a.k = 1 then 2 else 3 end = u.k join w on w.k = a.k',
    'SELECT',
    't u w',
    '',
  ],
  ['select extract(year from d), trim(both from s), substring(s from 2 for 3) from t', 'SELECT', 't', ''],
  ['select a is distinct from b, c is not distinct from d from t', 'SELECT', 't', ''],
  ["select json_query(j, 'lax $.a' with array wrapper) from t", 'SELECT', 't', ''],
  ['select x from t order by x fetch first 5 rows with ties', 'SELECT', 't', ''],
  ['select sum(x) over (partition by y order by z rows between 1 preceding and current row) from t', 'SELECT', 't', ''],
  [
    'select * from t match_recognize (partition by a order by b measures x.c as c pattern (x y+) define y as y.d > 1) m, u',
    'SELECT',
    't u',
    '',
  ],
  ['select filter(xs, x -> x > 1), transform_values(m, (k, v) -> v + 1) from t', 'SELECT', 't', ''],
  ["select * from system.query(query => 'select * from hidden')", 'SELECT', '', ''],
  ["select * from table(remote.system.query(query => 'select * from hidden'))", 'SELECT', '', ''],
  ['select * from table(exclude_columns(input => table(orders), columns => descriptor(a)))', 'SELECT', 'orders', ''],
  [
    "select * from t for timestamp as of timestamp '2024-01-01 00:00:00 UTC' join u for version as of 42 on true",
    'SELECT',
    't u',
    '',
  ],
  ['select * from "lambda:tpcds".tpcds1."Customer" c', 'SELECT', '"lambda:tpcds".tpcds1.customer', ''],
  ['select * from "my-catalog/sub"."db"."t"', 'SELECT', '"my-catalog/sub".db.t', ''],
  ['select * from "a.b"', 'SELECT', '"a.b"', ''],
  ['select * from "we ird""name"', 'SELECT', '"we ird""name"', ''],
  ['select * from 2024_sales', 'SELECT', '2024_sales', ''],
  ['select * from db."t$partitions"', 'SELECT', 'db."t$partitions"', ''],
  ['select t.from_date, t."from", t.select_count from t', 'SELECT', 't', ''],
  ['select 1 as location, 2 as "from", 3 as "offset" from t', 'SELECT', 't', ''],
  ["select 'from x' /* from y */ -- from z\n from t", 'SELECT', 't', ''],
  ['select * from t where a = "from b"', 'SELECT', 't', ''],
  ['select * except (a, b) from t', 'SELECT', 't', ''],
  ['(select * from a) order by 1 limit 3', 'SELECT', 'a', ''],
];

const COMMON_TABLES: Case[] = [
  ['with a as (select * from t) select * from a', 'SELECT', 't', ''],
  ['with a (x, y) as (select * from t), b as (select * from a) select * from b join a using (x)', 'SELECT', 't', ''],
  ['with orders as (select * from orders) select * from orders', 'SELECT', 'orders', ''],
  ['with a as (select * from b), b as (select 1) select * from a, b', 'SELECT', 'b', ''],
  ['with a as (select 1) select * from a union all select * from a', 'SELECT', '', ''],
  ['select * from (with a as (select * from t) select * from a) x, a', 'SELECT', 'a t', ''],
  ['with a as (with b as (select * from t) select * from b) select * from a, b', 'SELECT', 'b t', ''],
  ['with recursive r (n) as (select 1 union all select n + 1 from r where n < 5) select * from r', 'SELECT', '', ''],
  ['with recursive as (select * from t) select * from recursive', 'SELECT', 't', ''],
  ['with a as (select * from t) select * from db.a', 'SELECT', 'db.a t', ''],
  ['with "A b" as (select * from t) select * from "a B"', 'SELECT', 't', ''],
  ['with a as (select * from t) (select * from a)', 'SELECT', 't', ''],
  ['with a as (table t) table a', 'SELECT', 't', ''],
  [
    'with function f(x int) returns int begin declare y int; set y = x; return y; end, function g() returns int return 1 with a as (select 1) select f(v) from a, t',
    'SELECT',
    't',
    '',
  ],
  ['with function as (select * from t) select * from function', 'SELECT', 't', ''],
];

const WRITES: Case[] = [
  ['insert into w select * from r', 'INSERT', 'r', 'w'],
  ['insert into db.w (a, b) values (1, 2)', 'INSERT', '', 'db.w'],
  ['insert into w with a as (select * from r) select * from a', 'INSERT', 'r', 'w'],
  ['insert into w table r', 'INSERT', 'r', 'w'],
  ["insert overwrite table w partition (d = 'x') select * from r", 'INSERT', 'r', 'w'],
  ['with a as (select * from r) insert into w select * from a', 'INSERT', 'r', 'w'],
  ['update w set a = (select max(x) from r), b = 2 where c in (select d from s)', 'UPDATE', 'r s', 'w'],
  ['delete from db.w where k in (select k from r)', 'DELETE', 'r', 'db.w'],
  [
    'merge into w as t using (select * from r join s using (i)) x on t.k = x.k when matched and x.d in (select d from q) then delete when not matched then insert (a) values (x.a)',
    'MERGE',
    'q r s',
    'w',
  ],
  ['merge into w using r on w.k = r.k when matched then update set v = r.v', 'MERGE', 'r', 'w'],
  ['create table w as select * from r', 'CREATE_TABLE_AS_SELECT', 'r', 'w'],
  [
    "create table if not exists db.w with (format = 'ORC', partitioned_by = array['d']) as with a as (select * from r) select * from a with no data",
    'CREATE_TABLE_AS_SELECT',
    'r',
    'db.w',
  ],
  ["create table w (a, b) comment 'x' as (select * from r)", 'CREATE_TABLE_AS_SELECT', 'r', 'w'],
  ['create or replace view v as select * from r', 'CREATE_VIEW', 'r', 'v'],
  ['create protected multi dialect view v security definer as select * from r', 'CREATE_VIEW', 'r', 'v'],
  ["unload (select * from r) to 's3://b/out/' with (format = 'PARQUET')", 'UNLOAD', 'r', 's3://b/out/'],
  [
    'create external table if not exists `db.w` (`a` int, b array<struct<c:int,d:string>>) partitioned by (`from` string) row format serde \'x\' location \'s3://b/w/\' tblproperties ("k" = "it\\"s")',
    'CREATE_TABLE',
    '',
    'db.w',
  ],
  [
    "create table `db`.`w` (a bigint) location 's3://b/w' tblproperties ('table_type' = 'ICEBERG')",
    'CREATE_TABLE',
    '',
    'db.w',
  ],
  ['create table w (like r including properties, x int)', 'CREATE_TABLE', 'r', 'w'],
  ['create table w like db.r', 'CREATE_TABLE', 'db.r', 'w'],
  ['drop table if exists db.w', 'DROP_TABLE', '', 'db.w'],
  ['drop view v', 'DROP_VIEW', '', 'v'],
  ["alter table w add if not exists partition (d = '1') location 's3://b/1/'", 'ALTER_TABLE', '', 'w'],
  ['alter table w rename to x', 'ALTER_TABLE', '', 'w x'],
  ['alter table w partition (a = 1) rename to partition (a = 2)', 'ALTER_TABLE', '', 'w'],
  ['alter table w rename column a to b', 'ALTER_TABLE', '', 'w'],
  ['alter view v as select * from r', 'ALTER_VIEW', 'r', 'v'],
  ['msck repair table db.w', 'MSCK_REPAIR_TABLE', '', 'db.w'],
  ["optimize db.w rewrite data using bin_pack where d = '1'", 'OPTIMIZE', '', 'db.w'],
  ['vacuum w', 'VACUUM', '', 'w'],
  ['truncate table w', 'TRUNCATE_TABLE', '', 'w'],
  ["comment on column db.w.c is 'x'", 'COMMENT', '', 'db.w'],
];

const OTHERS: Case[] = [
  ['explain (type distributed) select * from r', 'EXPLAIN', 'r', ''],
  ['explain analyze verbose (format json) select * from r', 'EXPLAIN_ANALYZE', 'r', ''],
  ['explain (select * from r)', 'EXPLAIN', 'r', ''],
  ['prepare p from insert into w select * from r where a = ?', 'PREPARE', 'r', 'w'],
  ['execute p using 1', 'EXECUTE', '', ''],
  ["execute immediate 'select * from r where a = ''x'''", 'EXECUTE', 'r', ''],
  ['deallocate prepare p', 'DEALLOCATE', '', ''],
  ["using external function f(x row(a int)) returns varchar lambda 'fn' select f(a) from r", 'SELECT', 'r', ''],
  [
    "using external function f(x int) returns int lambda 'fn' with a as (select * from r) select f(a) from a",
    'SELECT',
    'r',
    '',
  ],
  ["create database if not exists d location 's3://b/d/'", 'CREATE_DATABASE', '', ''],
  ['drop schema d cascade', 'DROP_DATABASE', '', ''],
  ['show tables in d', 'SHOW', '', ''],
  ['set session x = 1', 'SET', '', ''],
  ['use d', 'USE', '', ''],
  ['create function f() returns int begin return (1); end', 'CREATE_FUNCTION', '', ''],
  ['', 'UNKNOWN', '', ''],
  ['-- nothing', 'UNKNOWN', '', ''],
  ['hello world', 'UNKNOWN', '', ''],
  [';;select * from r;;', 'SELECT', 'r', ''],
  ['select * from a; insert into b select * from c', 'SELECT', 'a c', 'b'],
  ['drop table a; select * from b', 'DROP_TABLE', 'b', 'a'],
];

describe('analyzeSql', () => {
  test.each([...QUERIES, ...COMMON_TABLES, ...WRITES, ...OTHERS])('reads %s', (sql, kind, read, written) => {
    const analysis = analyzeSql(sql, AS_WRITTEN, sha1);
    expect([analysis.kind, analysis.tablesRead.join(' '), analysis.tablesWritten.join(' '), analysis.complete]).toEqual(
      [kind, read, written, true],
    );
  });

  test.each([
    ['t', 'cat.db.t'],
    ['x.t', 'cat.x.t'],
    ['c.x.t', 'c.x.t'],
    ['"Mixed".`T`', 'cat.mixed.t'],
  ])('resolves %s against catalog and database of the query', (name, expected) => {
    expect(analyzeSql(`select * from ${name}`, { catalog: 'Cat', database: 'DB' }, sha1).tablesRead).toEqual([
      expected,
    ]);
  });

  test('takes awsdatacatalog where nothing names a catalog, and leaves a lone name alone without a database', () => {
    const { tablesRead } = analyzeSql('select * from t join x.t using (k)', { catalog: null, database: null }, sha1);
    expect(tablesRead).toEqual(['awsdatacatalog.x.t', 't']);
  });

  test.each([
    ['show columns from t from db', 'db.t'],
    ['show columns in db.t', 'db.t'],
    ['show create table `db.t`', 'db.t'],
    ['show partitions t', 't'],
    ["show tblproperties t ('x')", 't'],
    ['describe formatted db.t partition (d = 1)', 'db.t'],
    ['desc t', 't'],
    ['show stats for t', 't'],
    ['grant select on table db.t to user u', 'db.t'],
    ['select * from db."t$files"', 'db.t'],
    ['describe output p', ''],
    ['grant select on schema s to u', ''],
  ])('counts %s as a look at metadata', (sql, expected) => {
    expect(analyzeSql(sql, AS_WRITTEN, sha1).metadataTables.join(' ')).toBe(expected);
  });

  test('lists the locations that DDL names', () => {
    const sql = `create table w with (external_location = 's3://b/w/') as select location, 's3://no' from r`;
    expect(analyzeSql(sql, AS_WRITTEN, sha1).locations).toEqual(['s3://b/w/']);
    expect(
      analyzeSql(`create external table t (location string) location 's3://b/t'`, AS_WRITTEN, sha1).locations,
    ).toEqual(['s3://b/t']);
  });

  test('names the prepared statement that is run', () => {
    const analysis = analyzeSql('execute P using 1', AS_WRITTEN, sha1);
    expect([analysis.preparedName, analysis.executes, ...analysis.tablesRead]).toEqual(['p', 'p']);
    expect(analyzeSql('prepare p from select * from r', AS_WRITTEN, sha1)).toMatchObject({
      preparedName: 'p',
      executes: null,
      tablesRead: ['r'],
    });
  });

  test.each([
    ["select * from t where a = 'open", 't'],
    ['select * from t /* open', 't'],
    ['select * from (t', 't'],
    ['select * from t)', 't'],
    ['select * from "open', 'open'],
    [`select * from \${db}.t join u using (k)`, 'u'],
    ["select * from {{ ref('orders') }}, u", 'u'],
    ['with a as (select * from t', 't'],
    ['select * from t where {{', 't'],
    [`select * from db_\${env}.orders join u using (k)`, 'u'],
    ["select * from {{ ref('t') }}_old, u", 'u'],
    ['select * from {schema}.{table} t, u', 'u'],
    ['select * from t join', 't'],
    ['select * from t where', 't'],
    ['select * from t where a =', 't'],
    ['select * from t, ', 't'],
    ['select * from t left', 't'],
    ['select * from db.', 'db'],
    ['select * from t where a in (select b from) and c = 1', 't'],
    ['select * from t join where a = 1', 't'],
    ['select * from ? where a = 1', ''],
    ['select * from :t', ''],
    ['select * from t join ...', 't'],
    ['select * from t where a …', 't'],
    ['select a, ... from t', ''],
    ["execute immediate 'select * from t join'", 't'],
  ])('says that %s is not complete and reads what is there', (sql, read) => {
    const analysis = analyzeSql(sql, AS_WRITTEN, sha1);
    expect([analysis.tablesRead.join(' '), analysis.complete]).toEqual([read, false]);
  });

  test.each([
    "select '...' from t",
    'select * from t -- ...',
    'select * from t where a = b.left',
    'select * from a.b.c',
    'select * from t natural join lateral (values 1)',
    'select * from (values 1, 2), unnest(array[1]), table(sequence(start => 1, stop => 2))',
    'select * from t as "where"',
    'select * from t order by a desc',
    'select case when a then b end from t',
    'select *',
  ])('says that %s is complete', (sql) => expect(analyzeSql(sql, AS_WRITTEN, sha1).complete).toBe(true));

  test('looks at 262,144 bytes and says when the text was longer', () => {
    const filler = `select '${'é'.repeat((MAX_QUERY_BYTES - 16) / 2)}' from t`;
    expect(analyzeSql(filler, AS_WRITTEN, sha1)).toMatchObject({ tablesRead: ['t'], complete: true });
    expect(analyzeSql(`${filler} join later on true`, AS_WRITTEN, sha1)).toMatchObject({
      tablesRead: ['t'],
      complete: false,
    });
  });

  test('keeps raw comments before the first and after the last token, and no others', () => {
    const sql = `/* a */ -- b\nselect '-- no' /* no */ from t -- c\n; /* d */`;
    const { leadingComments, trailingComments } = analyzeSql(sql, AS_WRITTEN, sha1);
    expect([leadingComments, trailingComments]).toEqual([
      ['/* a */', '-- b'],
      ['-- c', '/* d */'],
    ]);
    const bare = analyzeSql('-- only', AS_WRITTEN, sha1);
    expect([bare.leadingComments, bare.trailingComments]).toEqual([['-- only'], []]);
  });
});

test('splitStatements cuts at the semicolons between statements only', () => {
  const sql = `select ';' from a; -- mine\nwith function f() returns int begin return 1; end select f();\n;`;
  expect(splitStatements(sql)).toEqual([
    `select ';' from a`,
    `-- mine\nwith function f() returns int begin return 1; end select f()`,
  ]);
});
