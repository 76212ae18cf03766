import { describe, expect, it } from 'vitest';
import { exampleRow } from '../../record/row.fixture.js';
import { createFeed, type RowFeedName } from './feeds.js';
import { LONGEST_FIELD } from './openmetadata.js';

const START = Date.UTC(2026, 10, 3, 6, 1, 35, 912);
const row = exampleRow({
  query_execution_id: '5f0c1f5e-1111-4a2b-9c3d-0123456789ab',
  person: 'ana@example.com',
  query: `INSERT INTO sales.daily SELECT "d", 'O''Hare' FROM sales.orders`,
  state: 'SUCCEEDED',
  state_reason: null,
  error_code: null,
  error_message: null,
  start_time: START,
  end_time: START + 1279,
  total_ms: 1279,
  statement_type: 'DML',
  substatement_type: 'INSERT',
  tables_read: ['awsdatacatalog.sales.recent'],
  base_tables_read: ['awsdatacatalog.sales.orders'],
  columns_read: ['awsdatacatalog.sales.orders.d', '~awsdatacatalog.sales.orders.e', 'awsdatacatalog.sales.other.*'],
  tables_written: ['awsdatacatalog.sales.daily'],
  catalog: 'AwsDataCatalog',
  database: 'sales',
  workgroup: 'etl',
  fingerprint: 'v2:33a7',
  region: 'us-east-1',
  account_id: '044455556666',
  source_ip: '192.0.2.110',
  person_kind: 'human',
});

function lines(name: RowFeedName, fields: Parameters<typeof exampleRow>[0] = {}, options = {}) {
  const feed = createFeed(name, {
    ...{ producer: 'https://example.com/t', databaseName: null, lineage: 'given', ocsfVersion: '1.8.0' },
    ...options,
  });
  const handed = feed.encode({ ...row, ...fields });
  return 'lines' in handed ? handed.lines : handed.skipped;
}

const parsed = (name: RowFeedName, fields = {}, options = {}) =>
  [...lines(name, fields, options)].map((line) => JSON.parse(line));

describe('OpenLineage', () => {
  it('gets a start and an end, the base tables among the inputs, and the columns that are known', () => {
    const [start, end] = parsed('openlineage');
    expect([start.eventType, start.eventTime, end.eventType, end.eventTime]).toEqual([
      ...['START', '2026-11-03T06:01:35.912Z'],
      ...['COMPLETE', '2026-11-03T06:01:37.191Z'],
    ]);
    expect(end.job).toMatchObject({ namespace: 'awsathena://athena.us-east-1.amazonaws.com', name: 'etl.v2:33a7' });
    expect(end.inputs.map(({ name }: { name: string }) => name)).toEqual([
      'awsdatacatalog.sales.recent',
      'awsdatacatalog.sales.orders',
    ]);
    expect(end.outputs[0].facets.symlinks.identifiers).toEqual([
      { namespace: 'arn:aws:glue:us-east-1:044455556666', name: 'table/sales/daily', type: 'TABLE' },
    ]);
    expect(end.outputs[0].facets.columnLineage.dataset).toEqual([
      {
        namespace: 'awsathena://athena.us-east-1.amazonaws.com',
        name: 'awsdatacatalog.sales.orders',
        field: 'd',
        transformations: [{ type: 'INDIRECT' }],
      },
    ]);
  });

  it('gets no end of what still runs, nothing of what was refused, and the place of an UNLOAD', () => {
    expect(parsed('openlineage', { state: 'RUNNING', end_time: null }).map(({ eventType }) => eventType)).toEqual([
      'START',
    ]);
    expect(lines('openlineage', { state: 'REFUSED' })).toBe('refused before it ran');
    expect(lines('openlineage', { state: 'UNKNOWN' })).toBe('Athena does not say how it ended');
    expect(parsed('openlineage', { tables_written: ['s3://bucket/a/b/'] })[0].outputs).toEqual([
      expect.objectContaining({ namespace: 's3://bucket', name: 'a/b' }),
    ]);
  });
});

describe('DataHub', () => {
  it('gets seconds, tables without their catalog, and no key without a value', () => {
    expect(parsed('datahub', { session_name: null })).toEqual([
      {
        query: row.query,
        timestamp: 1793685695.912,
        user: 'ana@example.com',
        operation_type: 'INSERT',
        downstream_tables: ['sales.daily'],
        upstream_tables: ['sales.recent'],
      },
    ]);
    expect(parsed('datahub', {}, { lineage: 'parsed' })[0]).not.toHaveProperty('upstream_tables');
    expect(lines('datahub', { query: null })).toBe('no SQL text');
  });
});

describe('OpenMetadata', () => {
  it('gets times with a fraction, whatever they are, and the catalog as its database', () => {
    expect(lines('openmetadata', { start_time: START - 912, end_time: null })).toEqual([
      `"INSERT INTO sales.daily SELECT ""d"", 'O''Hare' FROM sales.orders",ana@example.com,2026-11-03 06:01:35.000,,false,awsdatacatalog,sales`,
    ]);
    expect(lines('openmetadata', { query: 'SELECT 1', state: 'CANCELLED' }, { databaseName: 'lake' })).toEqual([
      'SELECT 1,ana@example.com,2026-11-03 06:01:35.912,2026-11-03 06:01:37.191,true,lake,sales',
    ]);
    expect(lines('openmetadata', { query: 'x'.repeat(LONGEST_FIELD + 1) })).toMatch('longer than 131072');
  });
});

describe('OCSF', () => {
  it('gets an event for each table and activity, with ids to deduplicate and to gather by', () => {
    expect(
      parsed('ocsf').map(({ type_uid, table, metadata }) => [
        type_uid,
        table.name,
        metadata.uid,
        metadata.correlation_uid,
      ]),
    ).toEqual([
      [
        600504,
        'awsdatacatalog.sales.recent',
        `${row.query_execution_id}:4:awsdatacatalog.sales.recent`,
        row.query_execution_id,
      ],
      [
        600505,
        'awsdatacatalog.sales.daily',
        `${row.query_execution_id}:5:awsdatacatalog.sales.daily`,
        row.query_execution_id,
      ],
    ]);
  });

  it('knows no List and no Service before they came', () => {
    const shown = {
      substatement_type: 'SHOW_TABLES',
      tables_read: null,
      tables_written: null,
      person_kind: 'service',
    } as const;
    const [now] = parsed('ocsf', shown);
    const [then] = parsed('ocsf', shown, { ocsfVersion: '1.1.0' });
    expect([now.activity_id, now.actor.user.type_id]).toEqual([8, 4]);
    expect([then.activity_id, then.actor.user.type_id]).toEqual([1, 3]);
  });

  it('gets no longer text than 1.1.0 takes, and is told how long it was', () => {
    const query = `${'x'.repeat(65_534)}😀 and more`;
    const [old] = parsed('ocsf', { query }, { ocsfVersion: '1.1.0' });
    expect(old.query_info.query_string).toBe('x'.repeat(65_534));
    expect(old.unmapped.query_length).toBe(query.length);
    const [now] = parsed('ocsf', { query });
    expect(now.query_info.query_string).toBe(query);
    expect(now.unmapped).not.toHaveProperty('query_length');
  });

  it('gets a refused start as an API call that failed', () => {
    const [event] = parsed('ocsf', {
      state: 'REFUSED',
      query_execution_id: null,
      query: null,
      error_code: 'AccessDenied',
      event_id: 'e1',
    });
    expect(event).toMatchObject({
      class_uid: 6003,
      status_id: 2,
      status_code: 'AccessDenied',
      api: { operation: 'StartQueryExecution' },
    });
    expect(event.metadata.uid).toBe('e1');
  });
});

describe('ECS', () => {
  it('gets nanoseconds, and an address that is no IP address as text only', () => {
    const [event] = parsed('ecs', { source_ip: 'athena.amazonaws.com' });
    expect(event.event).toMatchObject({ duration: 1_279_000_000, type: ['access', 'change'], outcome: 'success' });
    expect(event.source).toEqual({ address: 'athena.amazonaws.com' });
    expect(event.user).toMatchObject({ name: 'ana@example.com', email: 'ana@example.com' });
  });
});

describe('FOCUS', () => {
  it('gets an estimate in a column of its own, by whole hours of UTC, the account with its zeros', () => {
    const feed = createFeed('focus', { producer: '', databaseName: null, lineage: 'given', ocsfVersion: '1.8.0' });
    const names = feed.header?.split(',') ?? [];
    expect(names).not.toContain('BilledCost');
    const [line = ''] = lines('focus', { team: null, cost_usd: 0.005, cost_basis: 'scan:us-east-1:5' });
    const cells = Object.fromEntries(line.split(',').map((cell, index) => [names[index], cell]));
    expect(cells).toMatchObject({
      ChargePeriodStart: '2026-11-03T06:00:00.000Z',
      ChargePeriodEnd: '2026-11-03T07:00:00.000Z',
      SubAccountId: '044455556666',
      x_EstimatedListCost: '0.005',
    });
  });
});
