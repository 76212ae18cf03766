import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportDay } from '../../src/calendar/report-day.js';
import type { ReportRow } from '../../src/record/columns.js';
import { writeHour } from './fixture-company.js';

export const GOLDEN_ZONE = 'America/New_York';

/** A dozen rows, written by hand: what the columns hold that filters, groups and sums look at. */
const ROWS = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'rows.json'), 'utf8')) as readonly (Partial<
  Omit<ReportRow, 'start_time'>
> & { readonly start_time: string })[];

/** What the rows have in common. */
const REST = {
  identity_evidence: [],
  catalog: 'awsdatacatalog',
  query_source: 'athena',
  state_reason: null,
  end_time: null,
  base_tables_read: [],
  columns_read: [],
  tables_basis: 'text',
  app_user: null,
  app_context: null,
  billed_bytes: null,
  cost_basis: null,
  queue_ms: null,
  planning_ms: null,
  execution_ms: null,
  result_reused: null,
  engine_version: null,
  output_location: null,
  principal_arn: null,
  principal_id: null,
  session_name: null,
  source_identity: null,
  on_behalf_of: null,
  invoked_by: null,
  access_key_id: null,
  user_agent: null,
  mfa: null,
  console: null,
  event_count: 1,
  schema_version: 1,
} as const;

/** Four hours of five days, the last of them open; the others have no report. */
export async function writeGoldenTree(root: string): Promise<void> {
  const hours = [
    { reportDate: '2026-10-28', hour: 9, status: 'final' },
    { reportDate: '2026-11-02', hour: 9, status: 'final' },
    { reportDate: '2026-11-02', hour: 10, status: 'final' },
    { reportDate: '2026-11-02', hour: 11, status: 'open' },
  ] as const;
  for (const { reportDate, hour, status } of hours) {
    const window = reportDay(reportDate, GOLDEN_ZONE).hours.find((one) => one.hour === hour)?.window;
    if (!window) throw new Error(`${reportDate} has no hour ${hour}`);
    const rows = ROWS.map((row) => ({ ...REST, ...row, start_time: Date.parse(row.start_time) }))
      .filter(({ start_time }) => window.start <= start_time && start_time < window.end)
      .map((row) => ({ ...row, event_time: row.start_time }) as ReportRow);
    await writeHour(root, { label: { reportDate, hour }, window, rows }, { timezone: GOLDEN_ZONE, status });
  }
}
