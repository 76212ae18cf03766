import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dailyKey, hourFolder } from '../tree/layout.js';
import { COLUMNS } from './columns.js';
import { createTableSql, type GlueTableOptions, glueTableInput } from './glue-table.js';
import { createViewSql, glueViewInput } from './glue-view.js';
import { REPORT_FORMATS } from './manifest.js';
import { ROLLUP_COLUMNS } from './rollup-columns.js';

const OPTIONS: GlueTableOptions = {
  database: 'athena_audit',
  table: 'queries_csv',
  format: 'csv',
  location: 's3://tracking-athena-usernames-logs/audit',
  years: { first: 2024, last: 2033 },
};

/** Expands the properties as Athena's user guide describes partition projection. */
function locationOf(
  properties: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string | null {
  let location = properties['storage.location.template'] ?? '';
  for (const [name, value] of Object.entries(wanted)) {
    const property = (key: string) => properties[`projection.${name}.${key}`] ?? '';
    const values =
      property('type') === 'enum'
        ? property('values').split(',')
        : integers(property('range')).map((number) => String(number).padStart(Number(property('digits')), '0'));
    if (!values.includes(value)) return null;
    location = location.replace(`\${${name}}`, value);
  }
  return location;
}

function integers(range: string): number[] {
  const [first = 0, last = 0] = range.split(',').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

const partsOf = (day: string, hour: number) => {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  return { year, month, day: dayOfMonth, hour: String(hour).padStart(2, '0') };
};

test('projection leads to the folder of every hour of the years', () => {
  const { Parameters, PartitionKeys } = glueTableInput(OPTIONS);
  expect(PartitionKeys.map(({ Name }) => Name)).toEqual(['year', 'month', 'day', 'hour']);
  const day = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2033, 11, 31) });
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 23 }), (instant, hour) => {
      const reportDate = new Date(instant).toISOString().slice(0, 10);
      expect(locationOf(Parameters, partsOf(reportDate, hour))).toBe(
        `s3://tracking-athena-usernames-logs/audit/${hourFolder({ reportDate, hour })}`,
      );
    }),
  );
  expect(locationOf(Parameters, partsOf('2023-12-31', 23))).toBeNull();
});

test('projection leads to the folders of the file and the sums of every day, in a tree and in a forest', () => {
  const DAILY = { ...OPTIONS, format: 'parquet', of: 'days' } as const;
  const { Parameters, PartitionKeys, StorageDescriptor } = glueTableInput(DAILY);
  expect(PartitionKeys).toEqual([{ Name: 'report_date', Type: 'string' }]);
  expect(Parameters).toMatchObject({
    'projection.report_date.type': 'date',
    'projection.report_date.format': 'yyyy-MM-dd',
    'projection.report_date.range': '2024-01-01,NOW',
  });
  const placed = (template = '') => template.replace(`\${report_date}`, '2025-08-28');
  expect(placed(Parameters['storage.location.template'])).toBe(
    `s3://tracking-athena-usernames-logs/audit/${dailyKey.folder('2025-08-28')}`,
  );
  const forest = { accounts: ['123456789012'], regions: ['us-east-1'] };
  expect(glueTableInput({ ...DAILY, forest }).Parameters['storage.location.template']).toBe(
    `s3://tracking-athena-usernames-logs/audit/account=\${tree_account}/region=\${tree_region}/daily/date=\${report_date}/`,
  );
  expect(StorageDescriptor.Columns).toEqual(
    glueTableInput({ ...OPTIONS, format: 'parquet' }).StorageDescriptor.Columns,
  );
  const sums = glueTableInput({ ...DAILY, of: 'sums' });
  expect(sums.StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(
    ROLLUP_COLUMNS.map(({ name, type }) => `${name} ${type}`),
  );
  expect(`${placed(sums.Parameters['storage.location.template'])}sums.parquet`).toBe(
    `s3://tracking-athena-usernames-logs/audit/${dailyKey.sums('2025-08-28')}`,
  );
  expect(() => glueTableInput({ ...DAILY, of: 'sums', format: 'json' })).toThrow('are parquet, not json');
  expect(() => glueTableInput({ ...DAILY, format: 'csv' })).toThrow('files of whole days are parquet, not csv');
});

test('a forest has two more partitions, whose names do not meet those of the columns', () => {
  const forest = { accounts: ['123456789012', '210987654321'], regions: ['us-east-1', 'eu-west-1'] };
  const { Parameters, PartitionKeys } = glueTableInput({ ...OPTIONS, location: 's3://b', forest });
  const wanted = { tree_account: '210987654321', tree_region: 'eu-west-1', ...partsOf('2025-08-28', 1) };
  expect(locationOf(Parameters, wanted)).toBe(
    's3://b/account=210987654321/region=eu-west-1/year=2025/month=08/day=28/hour=01/',
  );
  const names = [...COLUMNS.map(({ name }) => name as string), ...PartitionKeys.map(({ Name }) => Name)];
  expect(new Set(names).size).toBe(names.length);
});

test('every partition column has a projection and stands in the template, which ends in a slash', () => {
  const { Parameters, PartitionKeys } = glueTableInput(OPTIONS);
  for (const { Name } of PartitionKeys) {
    expect(Parameters[`projection.${Name}.type`]).toBe('integer');
    expect(Parameters['storage.location.template']).toContain(`\${${Name}}`);
  }
  expect(Parameters['storage.location.template']).toMatch(/\/$/);
});

describe.each(REPORT_FORMATS)('the statement for %s', (format) => {
  test('says what the Glue table says', () => {
    const options = { ...OPTIONS, format };
    const sql = createTableSql(options);
    const input = glueTableInput(options);
    for (const { Name, Type } of input.StorageDescriptor.Columns)
      expect(sql).toContain(`  \`${Name}\` ${Type} COMMENT`);
    for (const [key, value] of Object.entries({
      ...input.StorageDescriptor.SerdeInfo.Parameters,
      ...input.Parameters,
    })) {
      if (key !== 'EXTERNAL') expect(hivePropertiesOf(sql)).toContainEqual([key, value]);
    }
  });

  test('has a view with the columns and types of the contract', () => {
    const options = { ...OPTIONS, format, view: 'queries' };
    const view = glueViewInput(options, (text) => Buffer.from(text).toString('base64'));
    const text = /^\/\* Presto View: (\S+) \*\/$/.exec(view.ViewOriginalText ?? '')?.[1] ?? '';
    const definition = JSON.parse(Buffer.from(text, 'base64').toString()) as {
      originalSql: string;
      columns: { name: string; type: string }[];
    };
    expect(createViewSql(options)).toBe(
      `CREATE OR REPLACE VIEW "athena_audit"."queries" AS\n${definition.originalSql}`,
    );
    const names = [...COLUMNS.map(({ name }) => name), 'year', 'month', 'day', 'hour'];
    expect(definition.columns.map(({ name }) => name)).toEqual(names);
    expect([...definition.originalSql.matchAll(/"(\w+)",?$/gm)].map(([, name]) => name).slice(0, names.length)).toEqual(
      names,
    );
    const types = Object.fromEntries(definition.columns.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({
      query: 'varchar',
      start_time: 'timestamp(3)',
      tables_read: 'array(varchar)',
      cost_usd: 'double',
      billed_bytes: 'bigint',
      mfa: 'boolean',
      event_count: 'integer',
      hour: 'varchar',
    });
  });
});

test.each<[string, Partial<GlueTableOptions>]>([
  ['a name with a dash', { table: 'queries-csv' }],
  ['a folder', { location: './out' }],
  ['a location with a placeholder', { location: `s3://b/\${year}` }],
  ['years the wrong way round', { years: { first: 2030, last: 2029 } }],
  ['an account with a comma', { forest: { accounts: ['1,2'], regions: ['us-east-1'] } }],
])('%s is refused', (_, options) => {
  expect(() => glueTableInput({ ...OPTIONS, ...options })).toThrow(/ is no | are no /);
});

/** Reads `'key' = 'value'` with the escapes of Hive's string literals. */
function hivePropertiesOf(sql: string): [string, string][] {
  const literal = String.raw`'((?:[^'\\]|\\.)*)'`;
  const undo = (text = '') =>
    text.replace(/\\(u[0-9a-f]{4}|.)/g, (_, code: string) =>
      code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code,
    );
  return [...sql.matchAll(new RegExp(`${literal} = ${literal}`, 'g'))].map(([, key, value]) => [
    undo(key),
    undo(value),
  ]);
}
