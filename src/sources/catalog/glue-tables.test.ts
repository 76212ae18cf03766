import { GlueClient } from '@aws-sdk/client-glue';
import { afterAll, describe, expect, it } from 'vitest';
import { createPacer } from '../../ports/pacer.js';
import { startTestSimulator } from '../../simulator/clients.fixture.js';
import { buildWorld } from '../../simulator/company/workload.js';
import type { SimulatorOptions } from '../../simulator/simulator.js';
import { createGlueTables } from './glue-tables.js';
import { readViewText } from './view-text.js';

const world = buildWorld({ seed: 7, days: 1, queriesPerDay: 5 });
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of open) await one.close();
});

async function glue(options: Partial<SimulatorOptions> = {}) {
  const server = await startTestSimulator({ world, ...options });
  open.push(server);
  const warnings: string[] = [];
  const { clock } = server;
  const random = () => 0.5;
  const tables = createGlueTables({
    client: new GlueClient(server.config()),
    place: '111122223333 us-east-1',
    pacer: createPacer({ ratePerSecond: 10, clock, random }),
    warn: (message) => warnings.push(message),
    clock,
    random,
  });
  const calls = () => server.simulator.stats.calls.GetTable ?? 0;
  return { ask: (name: string) => tables.table(nameOf(name)), warnings, calls };
}

function nameOf(name: string) {
  const [database = '', table = ''] = name.split('.');
  return { database, table };
}

describe('GetTable', () => {
  it('tells tables, views with their text, and what is not there', async () => {
    const { ask, warnings } = await glue();
    expect(await ask('finance.payroll')).toMatchObject({
      kind: 'table',
      columns: ['employee_id', 'gross', 'net', 'paid_on'],
      changedAt: world.startsAt - 30 * 86_400_000,
    });
    expect(await ask('marketing.vip_contacts')).toMatchObject({
      kind: 'view',
      columns: ['customer_id', 'email', 'country'],
      definition: {
        text: "SELECT customer_id, email, country FROM contacts WHERE segment = 'vip'",
        catalog: 'awsdatacatalog',
        database: 'marketing',
      },
    });
    expect(await ask('marketing.nothing')).toEqual({ kind: 'absent' });
    expect(warnings).toEqual([]);
  });

  it('asks no more when it is not permitted, and says so once', async () => {
    const { ask, warnings, calls } = await glue({ deniedDatabases: ['*'] });
    for (const name of ['a.a', 'a.b', 'a.a', 'a.c', 'a.d', 'a.e']) expect(await ask(name)).toBeNull();
    expect(calls()).toBe(3);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/data catalog of 111122223333 us-east-1 may not be read.*allow glue:GetTable/);
  });

  it('goes on where one database is closed, and gives up where nobody answers', async () => {
    const some = await glue({ deniedDatabases: ['finance'] });
    expect(await some.ask('sales.orders')).toMatchObject({ kind: 'table' });
    for (let table = 0; table < 5; table++) expect(await some.ask(`finance.t${table}`)).toBeNull();
    expect(await some.ask('web.sessions')).toMatchObject({ kind: 'table' });
    expect(some.warnings).toHaveLength(1);

    const broken = await glue({ faults: { rules: [{ kind: 'server-error', service: 'glue' }] } });
    expect([await broken.ask('sales.orders'), await broken.ask('web.sessions')]).toEqual([null, null]);
    expect(broken.calls()).toBe(3);
    expect(broken.warnings).toHaveLength(1);
  });
});

describe('the text of a view', () => {
  const packed = (value: unknown) => `/* Presto View: ${Buffer.from(JSON.stringify(value)).toString('base64')} */`;
  it.each([
    ['of Hive, as it is', 'SELECT a FROM b', { text: 'SELECT a FROM b', catalog: null, database: null }],
    ['without a schema', packed({ originalSql: 'SELECT 1' }), { text: 'SELECT 1', catalog: null, database: null }],
    ['without SQL', packed({ catalog: 'c' }), null],
    ['that is no JSON', '/* Presto View: bm9uZQ== */', null],
    ['that only says what it is', '/* Presto View */', null],
    ['that is empty', ' ', null],
    ['that is not there', undefined, null],
  ])('%s', (_, original, expected) => {
    expect(readViewText(original)).toEqual(expected);
  });
});
