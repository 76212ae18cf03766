import type { ReportRow } from '../record/columns.js';
import type { Manifest } from '../record/manifest.js';
import { bytesText, duration } from './progress.js';

/** Adds up what a run collected. */
export function createSummary() {
  const people = new Set<string>();
  const sum = {
    hours: 0,
    finalHours: 0,
    rows: 0,
    executions: 0,
    refused: 0,
    unattributed: 0,
    conflicts: 0,
    malformed: 0,
    duplicates: 0,
    unresolved: 0,
    pending: 0,
    rejects: 0,
    scannedBytes: 0,
    reportBytes: 0,
    costUsd: 0,
  };
  const texts: Record<string, number> = {};
  return {
    addReject: () => void sum.rejects++,
    addRow(row: ReportRow): void {
      if (row.person !== null) people.add(row.person);
      else if (row.attribution !== 'unattributed') sum.unresolved++;
      sum.scannedBytes += row.data_scanned_bytes ?? 0;
      sum.costUsd += row.cost_usd ?? 0;
    },
    addHour({ ledger, pending, status, report }: Manifest): void {
      sum.hours++;
      if (status === 'final') sum.finalHours++;
      sum.rows += ledger.rows;
      sum.executions += ledger.executions;
      sum.refused += ledger.refused;
      sum.unattributed += ledger.unattributed;
      sum.conflicts += ledger.conflict;
      sum.malformed += ledger.malformed;
      sum.duplicates += ledger.duplicates;
      sum.pending += pending.length;
      sum.reportBytes += report.bytes;
      for (const [status, count] of Object.entries(ledger.byQueryStatus)) texts[status] = (texts[status] ?? 0) + count;
    },
    json: () => ({ schema_version: 1, ...sum, people: people.size, byQueryStatus: texts }),
    text({ output, elapsedMs }: { readonly output: string; readonly elapsedMs: number }): string {
      const withoutText = Object.entries(texts).filter(
        ([status, count]) => count > 0 && status !== 'available' && status !== 'refused',
      );
      const lines = [
        `${sum.hours} hours, ${sum.rows} rows: ${sum.executions} queries, ${sum.refused} refused attempts, ${sum.unattributed} without a CloudTrail event`,
        `${people.size} people and workloads; ${sum.unresolved} rows whose person is not resolved${sum.conflicts > 0 ? `; ${sum.conflicts} conflicts` : ''}`,
        `${bytesText(sum.scannedBytes)} scanned, about $${sum.costUsd.toFixed(2)}; reports of ${bytesText(sum.reportBytes)} in ${output}`,
        ...(withoutText.length > 0
          ? [`no SQL text: ${withoutText.map(([status, count]) => `${count} ${status}`).join(', ')}`]
          : []),
        ...(sum.malformed + sum.rejects > 0
          ? [
              `${Math.max(sum.malformed, sum.rejects)} records or files could not be used: kept under _work/rejects/ and counted`,
            ]
          : []),
        ...(sum.pending > 0
          ? [`${sum.pending} executions are not settled yet: run the same command later, or aqt settle ${output}`]
          : []),
        `Done in ${duration(elapsedMs)}. Next: aqt verify ${output}`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}
