import { describe, expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from './collect-range.js';
import { settle } from './settle.js';
import { DAY, HOUR, MIDNIGHT, rowsOf, type Told, worldOf } from './told-queries.fixture.js';

type Answer = Awaited<ReturnType<NonNullable<ExecutionSource['table']>>>;

const TOLD: Told = {
  nested: ['SELECT email FROM vips', 4],
  star: ['SELECT * FROM orders', 5],
  join: ['SELECT total, o.id FROM orders o JOIN refunds r ON o.id = r.id', 30],
  opaque: ['SELECT * FROM hidden', 31],
  elsewhere: ['SELECT * FROM postgres.public.payments', 32],
};

const table = (columns: string, changedHours = -100): Answer => ({
  kind: 'table',
  columns: columns.split(' '),
  changedAt: MIDNIGHT + changedHours * HOUR,
});
const view = (text: string | null, columns: string): Answer => ({
  kind: 'view',
  columns: columns.split(' '),
  changedAt: MIDNIGHT - 100 * HOUR,
  definition: text === null ? null : { text, catalog: 'awsdatacatalog', database: 'sales' },
});
const CATALOG: Readonly<Record<string, Answer>> = {
  vips: view("SELECT email FROM people WHERE segment = 'vip'", 'email'),
  people: view('SELECT p.email, p.segment FROM pii.customers p', 'email segment'),
  orders: table('id total'),
  refunds: table('id amount total'),
  hidden: view(null, 'a b'),
};

async function collected(catalog: Readonly<Record<string, Answer>>) {
  const { source, executions } = worldOf(TOLD);
  const asked: string[] = [];
  const api: ExecutionSource = {
    ...executions,
    async table({ database, table: name }) {
      asked.push(`${database}.${name}`);
      const answer = catalog[name];
      return answer === undefined ? { kind: 'absent' } : answer;
    },
  };
  const store = createMemoryStore();
  const collector = collectorOf(store, MIDNIGHT + 60 * DAY, { executions: () => api });
  const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'UTC' });
  for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }));
  return {
    store,
    collector,
    asked,
    rows: rowsOf(store.files),
    offline: { ...collector, executions: () => executions },
  };
}

const name = (...names: string[]) => names.map((one) => `awsdatacatalog.${one}`);

describe('what the data catalog says of tables', () => {
  it('leads through views, and stands in the place of stars; each table is asked about once', async () => {
    const { rows, asked, collector, offline, store } = await collected(CATALOG);
    expect(rows.get('nested')).toMatchObject({
      tables_read: name('sales.vips'),
      base_tables_read: name('pii.customers'),
      columns_read: name(
        'pii.customers.~email',
        'pii.customers.~segment',
        'sales.people.~email',
        'sales.people.~segment',
        'sales.vips.~email',
      ),
      tables_basis: 'catalog',
    });
    expect(rows.get('star')).toMatchObject({ columns_read: name('sales.orders.id', 'sales.orders.total') });
    // Either table may own `total`; no name may mean `amount`.
    expect(rows.get('join')).toMatchObject({
      columns_read: name('sales.orders.id', 'sales.orders.~total', 'sales.refunds.id', 'sales.refunds.~total'),
      tables_basis: 'text',
    });
    expect(rows.get('opaque')).toMatchObject({
      base_tables_read: name('sales.hidden'),
      columns_read: name('sales.hidden.a', 'sales.hidden.b'),
      tables_basis: 'unknown:view-text-not-readable',
    });
    expect(rows.get('elsewhere')).toMatchObject({ columns_read: ['postgres.public.payments.*'] });
    const tables = ['pii.customers', 'sales.hidden', 'sales.orders', 'sales.people', 'sales.refunds', 'sales.vips'];
    expect([...asked].sort()).toEqual(tables);
    // What was told is kept: rows are the same when nobody can be asked, and nobody is asked for them again.
    for await (const _ of settle(offline, { isMending: true }));
    for await (const _ of settle(collector, { isMending: true }));
    expect(rowsOf(store.files)).toEqual(rows);
    expect(asked).toHaveLength(tables.length);
  });

  it('counts from the last change only', async () => {
    const { rows } = await collected({ ...CATALOG, orders: table('id total', 20) });
    expect(rows.get('star')).toMatchObject({ columns_read: name('sales.orders.*') });
    expect(rows.get('join')?.columns_read).toContain('awsdatacatalog.sales.orders.~total');
  });

  it('makes hours be written anew that were written while it might not be asked, final ones too', async () => {
    const { rows, offline, collector, store } = await collected({ ...CATALOG, orders: null });
    expect(rows.get('star')).toMatchObject({ columns_read: name('sales.orders.*'), tables_basis: 'text' });
    for await (const _ of settle(offline));
    expect(rowsOf(store.files)).toEqual(rows);
    const { executions } = worldOf(TOLD);
    const api: ExecutionSource = { ...executions, table: async (asked) => CATALOG[asked.table] ?? { kind: 'absent' } };
    const allowed = { ...collector, executions: () => api };
    // The permission comes with the next query of the table; the settling after it looks at the hours concerned.
    const again = worldOf({ later: ['SELECT id FROM orders', 60] });
    const days = reportDays({ from: '2026-11-04', to: '2026-11-04', timezone: 'UTC' });
    const both: ExecutionSource = {
      ...api,
      fetch: async (ids) => [
        ...(await again.executions.fetch(ids.filter((id) => id === 'later'))),
        ...(await executions.fetch(ids.filter((id) => id !== 'later'))),
      ],
    };
    const later = { ...allowed, executions: () => both };
    for await (const _ of collectRange(later, startsFrom(again.source), { days, format: 'json', scanId: 'b' }));
    for await (const _ of settle(later));
    expect(rowsOf(store.files).get('star')).toMatchObject({
      columns_read: name('sales.orders.id', 'sales.orders.total'),
    });
  });

  it('is asked for again by the run after one that died before it kept what it was told', async () => {
    const { source, executions } = worldOf(TOLD);
    const api: ExecutionSource = { ...executions, table: async (asked) => CATALOG[asked.table] ?? { kind: 'absent' } };
    let dies = true;
    const store = createMemoryStore({
      beforeWrite(key) {
        if (dies && key.startsWith('_work/definitions/')) throw new Error('the process died');
      },
    });
    const collector = collectorOf(store, MIDNIGHT + 60 * DAY, { executions: () => api });
    const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'UTC' });
    const run = async () => {
      for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }));
    };
    await expect(run()).rejects.toThrow('the process died');
    dies = false;
    await run();
    expect(rowsOf(store.files)).toEqual((await collected(CATALOG)).rows);
  });
});
