import type { ReportRow } from '../../record/columns.js';

export type OcsfVersion = '1.8.0' | '1.1.0';

/** An activity of class 6005 and the object it was done to; OCSF takes one object an event. */
export interface OcsfAccess {
  readonly activityId: number;
  readonly activityName: string;
  /** As the report names it; null when no table is known. */
  readonly name: string | null;
}

const ACTIVITIES = { Read: 1, Update: 2, Query: 4, Write: 5, Create: 6, Delete: 7, List: 8 } as const;

/** What a query did, one access for each table and activity, reads first; one without a name when no table is known. */
export function accessesOf(row: ReportRow, version: OcsfVersion): OcsfAccess[] {
  const kind = (row.substatement_type ?? row.statement_type ?? '').toUpperCase();
  const reading = isListing(kind) ? listing(version) : 'Query';
  const access = (activityName: keyof typeof ACTIVITIES, name: string | null): OcsfAccess => ({
    activityId: ACTIVITIES[activityName],
    activityName,
    name,
  });
  const found = [
    ...(row.tables_read ?? []).map((name) => access(reading, name)),
    ...(row.tables_written ?? []).map((name) => access(writingOf(kind), name)),
  ];
  return found.length > 0 ? found : [access(reading, null)];
}

function isListing(kind: string): boolean {
  return /^(SHOW|DESCRIBE)/.test(kind);
}

/** 8 to 10 came after 1.1.0. */
function listing(version: OcsfVersion): 'List' | 'Read' {
  return version === '1.1.0' ? 'Read' : 'List';
}

function writingOf(kind: string): keyof typeof ACTIVITIES {
  if (/^(CREATE)/.test(kind)) return 'Create';
  if (/^(DROP|DELETE)/.test(kind)) return 'Delete';
  if (/^(UPDATE|MERGE|ALTER)/.test(kind)) return 'Update';
  return 'Write';
}
