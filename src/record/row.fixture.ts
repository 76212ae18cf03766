import fc from 'fast-check';
import { COLUMNS, type Column, type ReportRow } from './columns.js';

/** A row as an undisturbed query gives it; fields may be replaced. */
export function exampleRow(fields: Partial<ReportRow> = {}): ReportRow {
  return { ...EXAMPLE, ...fields };
}

/** Rows with any value a column can hold; strings are well-formed and rich in what the encoders must escape. */
export function arbitraryRow(): fc.Arbitrary<ReportRow> {
  const cells = Object.fromEntries(COLUMNS.map((column) => [column.name, arbitraryCell(column)]));
  return fc.record(cells) as unknown as fc.Arbitrary<ReportRow>;
}

/** Yields the rows one by one. */
export async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Reads a stream to its end. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const AWKWARD = [
  '\n',
  '\r',
  '\r\n',
  '\\',
  '\\n',
  '\\\\',
  '"',
  '""',
  ',',
  "'",
  ' ',
  '\t',
  '\u0000',
  '\u0001',
  '\u2028',
  '\u0085',
  '\u000b',
  '😀',
  'é',
  '\ufeff',
  'u0000',
  'n',
  '[',
  '{',
];

function arbitraryText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(fc.constantFrom(...AWKWARD), { maxLength: 8 }).map((parts) => parts.join('')),
  );
}

function arbitraryCell(column: Column): fc.Arbitrary<unknown> {
  const value = arbitraryValue(column);
  return column.nullable ? fc.option(value, { nil: null }) : value;
}

function arbitraryValue(column: Column): fc.Arbitrary<unknown> {
  switch (column.type) {
    case 'string':
      return arbitraryText();
    case 'list':
      return fc.array(arbitraryText(), { maxLength: 3 });
    case 'timestamp':
      return fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2200, 0) });
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    case 'bigint':
      return fc.maxSafeInteger();
    case 'int':
      return fc.integer();
    case 'boolean':
      return fc.boolean();
  }
}

const EXAMPLE: ReportRow = {
  query_execution_id: '5a1e0f3c-1c5d-4c26-9d5e-0f6a2b7c8d9e',
  username: 'ana.lima@example.com',
  person: 'ana.lima@example.com',
  person_kind: 'human',
  identity_method: 'sso-session',
  identity_confidence: 'verified',
  identity_evidence: ['event:8b9c2f10-7d1e-4a53-8a44-1f0d5c6e7b8a', 'key:ASIAEXAMPLE00000001'],
  team: 'growth',
  workgroup: 'primary',
  catalog: 'AwsDataCatalog',
  database: 'sales',
  query: "SELECT \"id\", name\nFROM orders\nWHERE note LIKE '%50\\%%' ESCAPE '\\' -- costly, slow",
  query_status: 'available',
  query_source: 'athena',
  state: 'SUCCEEDED',
  state_reason: null,
  error_code: null,
  error_message: null,
  start_time: Date.UTC(2025, 7, 28, 5, 17, 3, 421),
  end_time: Date.UTC(2025, 7, 28, 5, 17, 9, 2),
  event_time: Date.UTC(2025, 7, 28, 5, 17, 3),
  statement_type: 'DML',
  substatement_type: 'SELECT',
  tables_read: ['awsdatacatalog.sales.orders'],
  tables_written: [],
  base_tables_read: ['awsdatacatalog.sales.orders'],
  columns_read: ['awsdatacatalog.sales.orders.~id', 'awsdatacatalog.sales.orders.~name'],
  tables_basis: 'text',
  fingerprint: 'v2:0123456789abcdef',
  client: 'console',
  app: null,
  app_user: null,
  app_context: null,
  data_scanned_bytes: 12_345_678,
  billed_bytes: 12_582_912,
  cost_usd: 0.00006,
  cost_basis: 'scan:us-east-1:5',
  queue_ms: 120,
  planning_ms: 240,
  execution_ms: 5100,
  total_ms: 5581,
  result_reused: false,
  engine_version: 'Athena engine version 3',
  output_location: 's3://results/5a1e0f3c-1c5d-4c26-9d5e-0f6a2b7c8d9e.csv',
  region: 'us-east-1',
  account_id: '123456789012',
  principal_type: 'AssumedRole',
  principal_arn: 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Analyst_0123456789abcdef/ana.lima@example.com',
  principal_id: 'AROAEXAMPLEID00000001:ana.lima@example.com',
  role_arn: 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Analyst_0123456789abcdef',
  session_name: 'ana.lima@example.com',
  source_identity: null,
  on_behalf_of: null,
  invoked_by: null,
  access_key_id: 'ASIAEXAMPLE00000001',
  source_ip: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  mfa: true,
  console: true,
  event_id: '8b9c2f10-7d1e-4a53-8a44-1f0d5c6e7b8a',
  event_count: 1,
  attribution: 'attributed',
  schema_version: 1,
};

/** Rows that differ as those of a busy hour do. */
export function busyHour(count: number): ReportRow[] {
  return Array.from({ length: count }, (_, i) =>
    exampleRow({
      query_execution_id: `5a1e0f3c-1c5d-4c26-9d5e-${String(i).padStart(12, '0')}`,
      username: `user${i % 17}`,
      query: `SELECT ${i % 7} FROM t${i % 101} WHERE id = ${(i * 7919) % 100_003}\n-- ${'x'.repeat(i % 50)}`,
      start_time: Date.UTC(2025, 7, 28, 5) + i,
      end_time: i % 5 === 0 ? null : Date.UTC(2025, 7, 28, 6) + i,
      tables_read: i % 3 === 0 ? null : i % 3 === 1 ? [] : [`db.t${i % 101}`, 'é😀'],
      data_scanned_bytes: i % 4 === 0 ? null : i * 1_000_003,
      mfa: i % 3 === 0 ? null : i % 2 === 0,
    }),
  );
}
