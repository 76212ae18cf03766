import { hourName } from '../../calendar/hour-label.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import { bytesText, duration } from '../terminal/progress.js';

/** Sums over the rows of one writing of an hour. */
interface RowSums {
  unresolved: number;
  scannedBytes: number;
  costUsd: number;
}

/** Adds up what a run collected. An hour that is written again, because closing its day found more, counts as it is in the end. */
export function createSummary() {
  const people = new Set<string>();
  const unpriced = new Set<string>();
  const hours = new Map<string, { readonly manifest: Manifest; readonly rows: RowSums }>();
  let writing: RowSums = { unresolved: 0, scannedBytes: 0, costUsd: 0 };
  let rejects = 0;
  const trails = createTrailSums();
  const summed = () => {
    const all = [...hours.values()];
    const add = (count: (hour: { readonly manifest: Manifest; readonly rows: RowSums }) => number) =>
      all.reduce((total, hour) => total + count(hour), 0);
    const texts: Record<string, number> = {};
    for (const { manifest } of all)
      for (const [status, count] of Object.entries(manifest.ledger.byQueryStatus))
        texts[status] = (texts[status] ?? 0) + count;
    const sum = {
      hours: all.length,
      finalHours: add(({ manifest }) => (manifest.status === 'final' ? 1 : 0)),
      rows: add(({ manifest }) => manifest.ledger.rows),
      executions: add(({ manifest }) => manifest.ledger.executions),
      refused: add(({ manifest }) => manifest.ledger.refused),
      unattributed: add(({ manifest }) => manifest.ledger.unattributed),
      conflicts: add(({ manifest }) => manifest.ledger.conflict),
      malformed: add(({ manifest }) => manifest.ledger.malformed),
      duplicates: add(({ manifest }) => manifest.ledger.duplicates),
      unresolved: add(({ rows }) => rows.unresolved),
      pending: add(({ manifest }) => manifest.pending.length),
      rejects,
      scannedBytes: add(({ rows }) => rows.scannedBytes),
      reportBytes: add(({ manifest }) => manifest.report.bytes),
      costUsd: add(({ rows }) => rows.costUsd),
    };
    return { sum, texts };
  };
  return {
    addReject: () => void rejects++,
    /** Takes the rows of an hour while it is written; `addHour` follows. */
    addRow(row: ReportRow): void {
      if (row.person !== null) people.add(row.person);
      else if (row.attribution !== 'unattributed') writing.unresolved++;
      writing.scannedBytes += row.data_scanned_bytes ?? 0;
      writing.costUsd += row.cost_usd ?? 0;
      // Prices of a file help where it is the price that is not known.
      if (row.cost_basis?.startsWith('unknown-') && !/^unknown-(?:bytes|statement)$/.test(row.cost_basis))
        unpriced.add(row.cost_basis);
    },
    addHour(manifest: Manifest): void {
      for (const { kind, counts } of manifest.sources) if (kind === 'trail-files') trails.add(counts);
      hours.set(hourName(manifest), { manifest, rows: writing });
      writing = { unresolved: 0, scannedBytes: 0, costUsd: 0 };
    },
    json() {
      const { sum, texts } = summed();
      return {
        ...{ schema_version: 1, ...sum, ...trails.json(), people: people.size, byQueryStatus: texts },
        unpriced: [...unpriced].sort(),
      };
    },
    text({ output, elapsedMs }: { readonly output: string; readonly elapsedMs: number }): string {
      const { sum, texts } = summed();
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
        ...trails.lines(),
        ...(sum.malformed + sum.rejects > 0
          ? [
              `${Math.max(sum.malformed, sum.rejects)} records or files could not be used: kept under _work/rejects/ and counted`,
            ]
          : []),
        ...[...unpriced].sort().map(lineToAdd),
        ...(sum.pending > 0
          ? [`${sum.pending} executions are not settled yet: run the same command later, or aqt settle ${output}`]
          : []),
        `Done in ${duration(elapsedMs)}. Next: aqt verify ${output}`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

/**
 * What was read of a trail for these reports, and what was not opened. Every hour of one scan has the same account of it; the largest
 * counts. A report that this run left as it was tells of the run that wrote it.
 */
function createTrailSums() {
  const most = {
    filesListed: 0,
    files: 0,
    filesKnown: 0,
    foldersPruned: 0,
    filesPruned: 0,
    filesSkipped: 0,
    filesNotRead: 0,
  };
  return {
    add(counts: Readonly<Record<string, number>>): void {
      for (const name of Object.keys(most) as (keyof typeof most)[])
        most[name] = Math.max(most[name], counts[name] ?? 0);
    },
    json: () => (most.files + most.filesKnown === 0 ? {} : { trail: most }),
    lines(): string[] {
      if (most.files + most.filesKnown === 0) return [];
      const parts = [
        `${most.files + most.filesKnown} of ${most.filesListed} files of the trail read for these reports`,
        ...(most.filesKnown > 0 ? [`${most.filesKnown} of them not opened: they were read before`] : []),
        ...(most.foldersPruned > 0
          ? [`folders of other days passed over ${most.foldersPruned} times, their files not opened`]
          : []),
        ...(most.filesPruned > 0 ? [`${most.filesPruned} files in folders of other days not opened`] : []),
        ...(most.filesSkipped > 0 ? [`${most.filesSkipped} files known to hold no events`] : []),
        ...(most.filesNotRead > 0 ? [`${most.filesNotRead} not read`] : []),
      ];
      return [parts.join('; ')];
    },
  };
}

/** What a prices file must say for a basis such as `unknown-region:eu-central-2`. */
function lineToAdd(basis: string): string {
  const [what, region = ''] = basis.split(':');
  if (what === 'unknown-currency') {
    const currency = region.startsWith('cn-') ? 'CNY' : '<currency>';
    return `no cost for ${region}, which is billed in ${currency}: give a prices file with  usd_per: { ${currency}: <USD for 1 ${currency}> }`;
  }
  if (what === 'unknown-reservation-dpus')
    return `some queries in ${region} have no cost: their workgroup was assigned to a capacity reservation, and Athena told no DPUs of them`;
  const thing = what === 'unknown-reservation' ? 'reservation: <USD per DPU-hour>' : 'scan: <USD per TB>';
  return `no price is known for ${region}: give --prices a file with  regions: { ${region}: { ${thing} } }`;
}
