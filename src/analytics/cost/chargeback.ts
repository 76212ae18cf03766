import { costCenterOf } from '../../identity/directory/directory.js';
import { CHARGEBACK_FIELDS, type ChargebackField, type Directory } from '../../identity/directory/directory-entries.js';
import { TAGS_SQL } from '../groups/groups.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { QUERIES, REFUSED } from '../view/totals.js';

/** What one cost centre owes. `costCenter` is null for what no rule, person or team claims. */
export interface Charge {
  readonly costCenter: string | null;
  readonly nanos: bigint;
  readonly queries: number;
  readonly refused: number;
  readonly scannedBytes: bigint;
}

const FIELD_SQL: Readonly<Record<ChargebackField, string>> = {
  person: 'person',
  team: 'team',
  workgroup: 'workgroup',
  catalog: 'catalog',
  database: 'database',
  app: 'app',
  client: 'client',
  role: 'role_arn',
  account: 'account_id',
  region: 'region',
  kind: 'person_kind',
  // `key=value`, a line each.
  tag: `array_to_string(${TAGS_SQL}, chr(10))`,
};

/** Gives every query to exactly one cost centre by the directory's ordered rules; the most expensive first, the unallocated last. */
export async function chargeback(run: RunSql, scope: Scope, directory: Directory): Promise<Charge[]> {
  const columns = CHARGEBACK_FIELDS.map((field) => `${FIELD_SQL[field]} AS ${field}_value`);
  const rows = await run(
    `SELECT ${columns.join(', ')}, ${QUERIES} AS queries, ${REFUSED} AS refused, coalesce(sum(cost_nanos), 0)::BIGINT::VARCHAR AS nanos,
       coalesce(sum(data_scanned_bytes), 0)::BIGINT::VARCHAR AS bytes
     FROM query_log WHERE ${scopeSql(scope)} GROUP BY ALL`,
  );
  const charges = new Map<string | null, { nanos: bigint; queries: number; refused: number; scannedBytes: bigint }>();
  for (const row of rows) {
    const facts = Object.fromEntries(CHARGEBACK_FIELDS.map((field) => [field, row[`${field}_value`] as string | null]));
    const center = costCenterOf(directory, facts);
    const charge = charges.get(center) ?? { nanos: 0n, queries: 0, refused: 0, scannedBytes: 0n };
    charge.nanos += BigInt(String(row.nanos));
    charge.queries += Number(row.queries);
    charge.refused += Number(row.refused);
    charge.scannedBytes += BigInt(String(row.bytes));
    charges.set(center, charge);
  }
  return [...charges]
    .map(([costCenter, charge]) => ({ costCenter, ...charge }))
    .sort((a, b) => Number(a.costCenter === null) - Number(b.costCenter === null) || (a.nanos < b.nanos ? 1 : -1));
}
