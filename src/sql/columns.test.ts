import { describe, expect, test } from 'vitest';
import { sha1 } from '../tree/sha1.js';
import { analyzeSql } from './analyze.js';

describe('the columns of a text', () => {
  test.each([
    [
      'select o.id, c.name from db.orders o join customers c on c.id = o.cid',
      'customers.id customers.name db.orders.cid db.orders.id',
    ],
    ['select a, lower(b) as c from t where d in (1) order by c', 't.~a t.~b t.~d'],
    ["select extract(year from a), cast(b as varchar), date_trunc('day', c) from t", 't.~a t.~b t.~c'],
    ['select orders.id from orders, unnest(items) as u (i) where u.i > 1', 'orders.id orders.~items'],
    ['select * from o where exists (select 1 from i where i.k = o.k)', 'i.k o.* o.k'],
    ['with q as (select a from t) select q.a, b from q', 't.~a'],
    ['select x.a from (select a from t) x', 't.~a'],
    ['select useridentity.arn from logs', 'logs.~useridentity'],
    ['select db.t.a, t.b from db.t', 'db.t.a db.t.b'],
    ['select t.a from t union all select t.b from u t', 't.a u.b'],
    ['select x.p from t as x (p, q)', 't.*'],
    ['select filter(xs, e -> e > y) from t', 't.~xs t.~y'],
    ['select reduce(xs, 0, (s, x) -> s + x + y, s -> s) from t', 't.~xs t.~y'],
    ['update t set a = 1 where b = 2', 't.~b'],
    ['merge into t using s on t.id = s.id when matched then update set v = s.v', 's.id s.v t.id'],
    ['merge into t using s on t.id = s.id when not matched then insert (id, v) values (s.id, s.w)', 's.id s.w t.id'],
    ['select \'x.y\', "Q"."Z" from "q"', 'q.z'],
    ['select "odd name", b from t', 't.~"odd name" t.~b'],
    ['with q as (select a from u) select q.a from q join t on t.id = q.a', 't.id u.~a'],
    ["select i.a from t for timestamp as of timestamp '2026-01-01 10:00:00' as i where i.b = 1", 't.a t.b'],
    ["select a from t for system_time as of current_timestamp at time zone 'UTC' - interval '1' day i, u", 't.* u.*'],
    ['select i.a, u.b from t for version as of 9495 i join u on u.k = i.k', 't.a t.k u.b u.k'],
    ['select x.n from t cross join unnest(ns, gs) with ordinality as x (n, g, i)', 't.~gs t.~ns'],
    [
      'select sum(a) over w, sum(b) over v from t window w as (partition by c), v as (order by d)',
      't.~a t.~b t.~c t.~d',
    ],
    ['select a at time zone b from t', 't.~a t.~b'],
  ])('of %s', (sql, expected) => expect(columns(sql)).toBe(expected));

  test.each([
    ['select * from t', 't.*'],
    ['select count(*), a * b from t', 't.~a t.~b'],
    ['select x.*, y.a from t x join u y on x.id = y.id', 't.* t.id u.a u.id'],
    ['select a.b.* from a.b', 'a.b.*'],
    ['select distinct * from t', 't.*'],
    ['select count(*) from t', ''],
    ['select * from (select a from t)', 't.~a'],
  ])('%s: a star is every column, of a table', (sql, expected) => expect(columns(sql)).toBe(expected));

  test.each([
    // Somebody's column: it may be of either.
    ['select a from t, u', 't.* u.*'],
    ['select a from t join u using (id)', 't.* t.id u.* u.id'],
    ['select t.a from t join (select id, b from u) v on t.id = v.id where b > 1', 't.* t.a t.id u.~b u.~id'],
  ])('%s: a name that one of several tables must own may be of any', (sql, expected) =>
    expect(columns(sql)).toBe(expected),
  );

  test.each([
    ['select lower(email) as email from t', 't.~email'],
    ['select a as email from t where email = 1', 't.~a t.~email'],
    ['select a as email from t order by email', 't.~a'],
    ['select case when a then 1 end email from t order by email', 't.~a'],
  ])('%s: an alias hides a column in ORDER BY only', (sql, expected) => expect(columns(sql)).toBe(expected));

  test.each([
    ['select cast(a as array(varchar)), try_cast(b as row(x bigint, y varchar)) from t', 't.~a t.~b'],
    ['select substring(email from 2) from t', 't.~email'],
    ['select extract(dow from a) from t', 't.~a'],
    ["create table n with (format = 'parquet', partitioned_by = array['a']) as select a from t", 't.~a'],
    ['insert into n (x, y) select a, b from t', 't.~a t.~b'],
    ["execute immediate 'select a from t'", 't.~a'],
    ['explain select a from t', 't.~a'],
    ['show columns from t', ''],
    ["select year, date from t where day = date '2026-01-01' and hour > 3", 't.~date t.~day t.~hour t.~year'],
    ["select a + interval '1' year to month, b at time zone 'UTC', current_date from t", 't.~a t.~b'],
    [
      'select sum(a) over (partition by b order by c desc nulls last rows between unbounded preceding and current row) from t',
      't.~a t.~b t.~c',
    ],
    ['select a from t group by grouping sets ((a), ()) order by a fetch first 5 rows with ties', 't.~a'],
    ["select trim(both 'x' from a), first from t", 't.~a t.~first'],
    ['(select a from t', 't.~a'],
  ])('%s: types, units, options and lists of targets are no columns', (sql, expected) =>
    expect(columns(sql)).toBe(expected),
  );
});

function columns(sql: string): string {
  return analyzeSql(sql, { catalog: null, database: null, defaultCatalog: null }, sha1).columnsRead.join(' ');
}
