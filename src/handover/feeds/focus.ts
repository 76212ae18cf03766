import { arnOf } from '../../athena/partition.js';
import type { ReportRow } from '../../record/columns.js';
import { type HandedRow, instantText, type RowFeed, SKIPPED } from './feed.js';
import { csvCell } from './openmetadata.js';

const HOUR_MS = 3_600_000;

/** Columns with FOCUS 1.2's names for what we know, and our own estimate of the money under `x_` names. */
const COLUMNS: readonly (readonly [string, (row: ReportRow) => string | number | null])[] = [
  ['ChargePeriodStart', (row) => instantText(hourOf(row))],
  ['ChargePeriodEnd', (row) => instantText(hourOf(row) + HOUR_MS)],
  ['ChargeCategory', () => 'Usage'],
  ['ChargeFrequency', () => 'Usage-Based'],
  ['SubAccountId', (row) => row.account_id],
  ['RegionId', (row) => row.region],
  ['ProviderName', () => 'AWS'],
  ['ServiceName', () => 'Amazon Athena'],
  ['ServiceCategory', () => 'Analytics'],
  ['ServiceSubcategory', () => 'Data Processing'],
  ['x_ServiceCode', () => 'AmazonAthena'],
  ['ResourceId', workgroupArn],
  ['ResourceName', (row) => row.workgroup],
  ['ResourceType', (row) => (row.workgroup === null ? null : 'WorkGroup')],
  ['ConsumedQuantity', (row) => row.billed_bytes],
  ['ConsumedUnit', (row) => (row.billed_bytes === null ? null : 'Bytes')],
  ['Tags', (row) => (row.team === null ? null : JSON.stringify({ team: row.team }))],
  ['x_EstimatedListCost', (row) => row.cost_usd],
  ['x_CostBasis', (row) => row.cost_basis],
  ['x_QueryExecutionId', (row) => row.query_execution_id],
  ['x_Person', (row) => row.person],
  ['x_IdentityConfidence', (row) => row.identity_confidence],
];

/**
 * A row for each execution, shaped like FOCUS but no FOCUS dataset: an estimate at list prices is no invoice, so it stands in
 * `x_EstimatedListCost`, and the columns for billed money are not there at all.
 */
export function createFocusFeed(): RowFeed {
  return {
    header: COLUMNS.map(([name]) => name).join(','),
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    encode,
  };
}

function encode(row: ReportRow): HandedRow {
  if (row.query_execution_id === null || row.state === 'REFUSED') return { skipped: SKIPPED.refused };
  if (row.end_time === null) return { skipped: SKIPPED.noTime };
  return { lines: [COLUMNS.map(([, read]) => csvCell(String(read(row) ?? ''))).join(',')] };
}

/** Bills know whole hours of UTC. */
function hourOf({ end_time, start_time }: ReportRow): number {
  return Math.floor((end_time ?? start_time) / HOUR_MS) * HOUR_MS;
}

function workgroupArn(row: ReportRow): string | null {
  return row.workgroup === null ? null : arnOf('athena', row, `workgroup/${row.workgroup}`);
}
