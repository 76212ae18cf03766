import { describe, expect, test } from 'vitest';
import { readColumns } from './columns.js';

describe('readColumns', () => {
  test.each([
    [
      'select o.id, c.name from db.orders o join customers c on c.id = o.cid',
      'customers.id! customers.name! db.orders.cid! db.orders.id!',
    ],
    ['select a, lower(b) as c from t where d in (1) order by c', 't.a? t.b? t.d?'],
    ["select extract(year from a), cast(b as varchar), date_trunc('day', c) from t", 't.a? t.b? t.c?'],
    ['select orders.id from orders, unnest(items) as u (i) where u.i > 1', 'orders.id!'],
    ['select * from o where exists (select 1 from i where i.k = o.k)', 'i.k! o.k!'],
    ['with q as (select a from t) select q.a, b from q', 't.a?'],
    ['select x.a from (select a from t) x', 't.a?'],
    ['select useridentity.arn from logs', 'logs.useridentity?'],
    ['select db.t.a, t.b from db.t', 'db.t.a! db.t.b!'],
    ['select t.a from t union all select t.b from u t', 't.a! u.b!'],
    ['select x.p from t as x (p, q)', ''],
    ['select filter(xs, e -> e > y) from t', 't.xs? t.y?'],
    ['update t set a = 1 where b = 2', 't.a? t.b?'],
    ['merge into t using s on t.id = s.id when matched then update set v = s.v', 's.id! s.v! t.id!'],
    ['select a from t, u', ''],
    ['select \'x.y\', "Q"."Z" from "q"', 'q.z!'],
  ])('finds the columns of %s', (sql, expected) => {
    const uses = readColumns(sql, { catalog: null, database: null, defaultCatalog: null });
    expect(
      uses.map(({ table, column, source }) => `${table}.${column}${source === 'exact' ? '!' : '?'}`).join(' '),
    ).toBe(expected);
  });
});
