import { describe, expect, it } from 'vitest';
import { sha1 } from '../tree/sha1.js';
import { createDefinitionBook, type Definition, definitionsOf } from './definition-book.js';
import { createSqlReader } from './reader.js';
import { type Reads, resolveReads } from './resolve-reads.js';

const read = createSqlReader(100, sha1);
const PLACE = { accountId: '111122223333', region: 'eu-west-1', workGroup: 'bi' };
const CONTEXT = { catalog: 'awsdatacatalog', database: 'sales' };

function defined(text: string, at: number, place: Partial<typeof PLACE> = {}): readonly Definition[] {
  return definitionsOf({ text, context: CONTEXT, ...PLACE, ...place, at }, read);
}

function reads(text: string, at: number, definitions: readonly (readonly Definition[])[]): Reads {
  const book = createDefinitionBook();
  for (const some of definitions) book.add(some);
  return resolveReads(read(text, CONTEXT), CONTEXT, { definitions: book.at({ ...PLACE, at }), read });
}

describe('EXECUTE', () => {
  const history = [
    defined('PREPARE q FROM SELECT id FROM orders', 10),
    defined('prepare Q from select r.id from refunds r join customers c on r.c = c.id', 20),
    defined('PREPARE q FROM SELECT * FROM payroll', 40),
  ];

  it.each([
    [5, null, 'unknown:prepared-text-not-known'],
    // One that begins at the same instant is not an earlier one.
    [10, null, 'unknown:prepared-text-not-known'],
    [11, ['awsdatacatalog.sales.orders'], 'prepared'],
    [30, ['awsdatacatalog.sales.customers', 'awsdatacatalog.sales.refunds'], 'prepared'],
    [41, ['awsdatacatalog.sales.payroll'], 'prepared'],
  ])('at %i reads what the latest earlier PREPARE names', (at, tables, basis) => {
    for (const order of [history, [...history].reverse(), [...history, ...history]]) {
      expect(reads('EXECUTE q USING 1', at, order)).toMatchObject({ tablesRead: tables, basis });
    }
  });

  it('knows neither another workgroup, account nor Region', () => {
    for (const place of [{ workGroup: 'etl' }, { accountId: '444455556666' }, { region: 'us-east-1' }]) {
      const elsewhere = defined('PREPARE q FROM SELECT * FROM orders', 1, place);
      expect(reads('EXECUTE q', 2, [elsewhere])).toMatchObject({ tablesRead: null, columnsRead: null });
    }
  });

  it('ends with DEALLOCATE, until the name is prepared again', () => {
    const ended = [...history, defined('DEALLOCATE PREPARE q', 25)];
    expect(reads('EXECUTE q', 30, ended).basis).toBe('unknown:prepared-deallocated');
    expect(reads('EXECUTE q', 24, ended).basis).toBe('prepared');
    expect(reads('EXECUTE q', 41, ended).basis).toBe('prepared');
  });

  it('says columns and targets, too', () => {
    const insert = defined('PREPARE i FROM INSERT INTO copy SELECT o.id FROM orders o WHERE day = ?', 1);
    expect(reads('EXECUTE i USING 2', 2, [insert])).toEqual({
      tablesRead: ['awsdatacatalog.sales.orders'],
      tablesWritten: ['awsdatacatalog.sales.copy'],
      baseTablesRead: ['awsdatacatalog.sales.orders'],
      columnsRead: ['awsdatacatalog.sales.orders.id', 'awsdatacatalog.sales.orders.~day'],
      basis: 'prepared',
    });
  });

  it('IMMEDIATE is read as it stands', () => {
    expect(reads("EXECUTE IMMEDIATE 'select id from orders'", 1, [])).toMatchObject({
      tablesRead: ['awsdatacatalog.sales.orders'],
      basis: 'text',
    });
  });

  it('is not followed into what the prepared text executes', () => {
    const nested = defined('PREPARE a FROM EXECUTE b', 1);
    expect(reads('EXECUTE a', 2, [nested])).toMatchObject({ tablesRead: null, basis: 'unknown:prepared-runs-another' });
  });
});

describe('views', () => {
  const top = defined('CREATE VIEW top AS SELECT email FROM middle', 10);
  const middle = defined('create or replace view other.middle_ as select 1', 10);
  const inner = defined(
    'CREATE VIEW middle AS SELECT p.email, o.id FROM pii.customers p JOIN orders o ON o.c = p.id',
    20,
  );

  it('are followed through any depth, and through prepared statements', () => {
    const prepared = defined('PREPARE q FROM SELECT email FROM top', 25);
    for (const text of ['SELECT email FROM top', 'EXECUTE q']) {
      expect(reads(text, 30, [top, middle, inner, prepared])).toEqual({
        tablesRead: ['awsdatacatalog.sales.top'],
        tablesWritten: [],
        baseTablesRead: ['awsdatacatalog.pii.customers', 'awsdatacatalog.sales.orders'],
        columnsRead: [
          'awsdatacatalog.pii.customers.~email',
          'awsdatacatalog.pii.customers.~id',
          'awsdatacatalog.sales.middle.~email',
          'awsdatacatalog.sales.orders.~c',
          'awsdatacatalog.sales.orders.~id',
          'awsdatacatalog.sales.top.~email',
        ],
        basis: 'view',
      });
    }
  });

  it('mean what they meant when the query began', () => {
    const again = defined('CREATE OR REPLACE VIEW top AS SELECT * FROM payroll', 40);
    const dropped = defined('DROP VIEW IF EXISTS top', 60);
    const all = [dropped, again, top, inner];
    expect(reads('select * from top', 9, all)).toMatchObject({ basis: 'text' });
    expect(reads('select * from top', 15, all)).toMatchObject({ baseTablesRead: ['awsdatacatalog.sales.middle'] });
    expect(reads('select * from top', 50, all)).toMatchObject({ baseTablesRead: ['awsdatacatalog.sales.payroll'] });
    expect(reads('select * from top', 70, all)).toMatchObject({ basis: 'text' });
  });

  it('that read themselves are named as they are', () => {
    const a = defined('CREATE VIEW a AS SELECT * FROM b', 1);
    const b = defined('CREATE VIEW b AS SELECT * FROM a JOIN orders ON true', 1);
    expect(reads('select * from a', 2, [a, b])).toMatchObject({
      baseTablesRead: ['awsdatacatalog.sales.a', 'awsdatacatalog.sales.orders'],
      basis: 'unknown:view-of-itself',
    });
  });

  it('belong to their account and Region, whatever the workgroup', () => {
    const view = (place: Partial<typeof PLACE>) => defined('CREATE VIEW v AS SELECT * FROM orders', 1, place);
    expect(reads('select * from v', 2, [view({ workGroup: 'etl' })]).basis).toBe('view');
    expect(reads('select * from v', 2, [view({ region: 'us-east-1' })]).basis).toBe('text');
  });
});

it('equal definitions are kept once, and the one between them is not lost', () => {
  const same = (at: number) => defined('CREATE OR REPLACE VIEW v AS SELECT * FROM orders', at);
  const other = defined('CREATE OR REPLACE VIEW v AS SELECT * FROM refunds', 35);
  const runs = [same(10), same(20), same(30), same(40), same(50), other];
  const baseAt = (at: number) => reads('select * from v', at, runs).baseTablesRead;
  expect([31, 36, 41].map(baseAt)).toEqual([
    ['awsdatacatalog.sales.orders'],
    ['awsdatacatalog.sales.refunds'],
    ['awsdatacatalog.sales.orders'],
  ]);
});

describe('a text that may read more than it names', () => {
  it.each([
    ['is no statement', 'FETCH ALL OF orders', null, 'unknown:statement-not-known'],
    ['is cut', "SELECT * FROM orders WHERE a = 'x", ['awsdatacatalog.sales.orders'], 'unknown:text-not-complete'],
    ['is a template', `SELECT * FROM ${'$'}{table}`, null, 'unknown:text-not-complete'],
    [
      'is cut between two words',
      'SELECT * FROM orders JOIN',
      ['awsdatacatalog.sales.orders'],
      'unknown:text-not-complete',
    ],
    ['lacks a table', 'SELECT * FROM ? WHERE a = 1', null, 'unknown:text-not-complete'],
    ['drops what a database has', 'DROP DATABASE sales CASCADE', null, 'unknown:cascade'],
    ['runs a procedure', "CALL lake.system.execute('DELETE FROM payroll')", null, 'unknown:procedure'],
    ['unloads what nobody knows', "UNLOAD (EXECUTE p) TO 's3://b/p/'", null, 'unknown:prepared-text-not-known'],
    [
      'asks a connector',
      "SELECT * FROM TABLE(lake.system.query(query => 'SELECT * FROM payroll'))",
      null,
      'unknown:table-function',
    ],
    [
      'asks a connector beside a table',
      "SELECT * FROM orders JOIN TABLE(system.query(query => 'x')) q ON true",
      ['awsdatacatalog.sales.orders'],
      'unknown:table-function',
    ],
    [
      'asks a connector at once',
      "EXECUTE IMMEDIATE 'SELECT * FROM TABLE(system.query(query => 1))'",
      null,
      'unknown:table-function',
    ],
  ])('%s: says so, and never that there is none', (_, text, tables, basis) => {
    const found = reads(text, 1, []);
    expect(found).toMatchObject({ tablesRead: tables, baseTablesRead: tables, basis });
    expect(found.columnsRead === null).toBe(tables === null);
  });

  it('prepared, or behind a view, is no better known', () => {
    const prepared = defined('PREPARE p FROM SELECT * FROM TABLE(system.query(query => 1))', 1);
    expect(reads('EXECUTE p', 2, [prepared])).toMatchObject({ tablesRead: null, basis: 'unknown:table-function' });
    const view = defined('CREATE VIEW v AS SELECT * FROM orders, TABLE(system.query(query => 1)) q', 1);
    expect(reads('SELECT * FROM v', 2, [view])).toMatchObject({
      baseTablesRead: ['awsdatacatalog.sales.orders'],
      basis: 'unknown:view-of-table-function',
    });
  });

  it('is not one that makes rows of its arguments', () => {
    for (const text of ['SELECT * FROM TABLE(sequence(1, 9))', 'SELECT * FROM UNNEST(ARRAY[1]) AS t(a)', 'SELECT 1'])
      expect(reads(text, 1, [])).toMatchObject({ tablesRead: [], basis: 'text' });
  });
});
