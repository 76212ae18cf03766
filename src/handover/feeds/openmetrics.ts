import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import type { HourOfTree } from './list-hours.js';

/** Sums over rows and hours for a monitoring system. No label names a person, a query or a text. */
export interface MetricsCollector {
  addRow(row: ReportRow): void;
  addGroup(group: RowGroup): void;
  addHour(hour: MeasuredHour): void;
  /** OpenMetrics text, families and labels sorted, ending in `# EOF`. `now` is epoch milliseconds. */
  text(now: number): string;
}

/** Rows of one workgroup and state, summed up. */
export interface RowGroup {
  readonly workgroup: string | null;
  readonly state: string;
  readonly rows: number;
  /** Of which no person is known. */
  readonly unresolved: number;
  readonly scannedBytes: number;
  /** Billionths of a dollar, of those whose cost is known. */
  readonly costNanos: number;
  readonly withoutCost: number;
}

export interface MeasuredHour {
  readonly status: Manifest['status'];
  /** Executions that are still to be settled. */
  readonly pending: number;
  /** Of its window, epoch milliseconds. */
  readonly end: number;
}

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly unit?: string;
  readonly samples: Map<string, number>;
}

/** Collects the metrics of the rows that it is given; sums of dollars are kept in billionths, so that they are exact. */
export function createMetrics(): MetricsCollector {
  const families = {
    aqt_queries: counter('Executions by workgroup and state.'),
    aqt_refused_attempts: counter('Starts that AWS refused, by workgroup.'),
    aqt_unresolved_queries: counter('Executions of which no person is known, by workgroup.'),
    aqt_scanned_bytes: counter('Bytes that executions scanned, by workgroup.', 'bytes'),
    aqt_estimated_cost_usd: counter('Estimated cost at the prices of the tree, in US dollars, by workgroup.', 'usd'),
    aqt_queries_without_cost: counter('Executions whose cost is not known, by workgroup.'),
    aqt_hours: gauge('Report hours by status.'),
    aqt_pending_queries: gauge('Executions that are still to be settled.'),
    aqt_oldest_open_hour_age_seconds: gauge('Age of the oldest hour that may still change.', 'seconds'),
    aqt_newest_hour_age_seconds: gauge('Time since the end of the newest collected hour.', 'seconds'),
  };
  let oldestOpen = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  const addGroup = (group: RowGroup) => {
    const { state, rows } = group;
    const name = group.workgroup ?? 'unknown';
    const workgroup = labels({ workgroup: name });
    if (state === 'REFUSED') {
      add(families.aqt_refused_attempts, workgroup, rows);
      return;
    }
    add(families.aqt_queries, labels({ state, workgroup: name }), rows);
    if (group.unresolved > 0) add(families.aqt_unresolved_queries, workgroup, group.unresolved);
    add(families.aqt_scanned_bytes, workgroup, group.scannedBytes);
    if (group.withoutCost > 0) add(families.aqt_queries_without_cost, workgroup, group.withoutCost);
    if (rows > group.withoutCost) add(families.aqt_estimated_cost_usd, workgroup, group.costNanos);
  };
  return {
    addGroup,
    addRow: ({ workgroup, state, person, data_scanned_bytes, cost_usd }) =>
      addGroup({
        ...{ workgroup, state, rows: 1, unresolved: person === null ? 1 : 0, scannedBytes: data_scanned_bytes ?? 0 },
        costNanos: Math.round((cost_usd ?? 0) * NANO),
        withoutCost: cost_usd === null ? 1 : 0,
      }),
    addHour({ status, pending, end }) {
      add(families.aqt_hours, labels({ status }), 1);
      add(families.aqt_pending_queries, '', pending);
      newest = Math.max(newest, end);
      if (status === 'open') oldestOpen = Math.min(oldestOpen, end);
    },
    text(now) {
      if (Number.isFinite(oldestOpen)) add(families.aqt_oldest_open_hour_age_seconds, '', (now - oldestOpen) / 1000);
      if (Number.isFinite(newest)) add(families.aqt_newest_hour_age_seconds, '', (now - newest) / 1000);
      const texts = Object.entries(families).map(([name, family]) => familyText(name, family));
      return `${texts.join('')}# EOF\n`;
    },
  };
}

const NANO = 1e9;

function counter(help: string, unit?: string): Family {
  return { type: 'counter', help, samples: new Map(), ...(unit ? { unit } : {}) };
}

function gauge(help: string, unit?: string): Family {
  return { type: 'gauge', help, samples: new Map(), ...(unit ? { unit } : {}) };
}

function add({ samples }: Family, label: string, amount: number): void {
  samples.set(label, (samples.get(label) ?? 0) + amount);
}

/** The specification wants the family's metadata first, and `_total` on the samples of a counter alone. */
function familyText(name: string, { type, help, unit, samples }: Family): string {
  const lines = [`# TYPE ${name} ${type}`, ...(unit ? [`# UNIT ${name} ${unit}`] : []), `# HELP ${name} ${help}`];
  const suffix = type === 'counter' ? '_total' : '';
  for (const [label, value] of [...samples].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`${name}${suffix}${label} ${unit === 'usd' ? value / NANO : value}`);
  }
  return `${lines.join('\n')}\n`;
}

function labels(values: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}

/** What of a finished hour is measured. */
export function measuredHour({ manifest }: HourOfTree): MeasuredHour {
  return { status: manifest.status, pending: manifest.pending.length, end: Date.parse(manifest.window.end) };
}
