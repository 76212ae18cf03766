import type { HourVerdict } from '../collect/verify.js';

/** One day of one tree as `verify` shows it. */
export interface DayAccount {
  readonly tree: string;
  readonly reportDate: string;
  readonly hours: number;
  readonly startsRead: number;
  readonly rows: number;
  readonly duplicates: number;
  readonly repeatedStarts: number;
  readonly malformed: number;
  readonly unattributed: number;
  readonly pending: number;
  /** Faults found; 0 when the day is proven. */
  readonly unexplained: number;
  /** One for each label 0–23. */
  readonly cells: readonly ('final' | 'open' | 'empty' | 'fault' | 'none')[];
}

/** Adds up verdicts by tree and day, in their order. */
export function sumByDay(verdicts: readonly HourVerdict[]): DayAccount[] {
  const byDay = new Map<string, HourVerdict[]>();
  for (const verdict of verdicts) {
    const key = `${verdict.tree}${verdict.reportDate}`;
    byDay.set(key, [...(byDay.get(key) ?? []), verdict]);
  }
  return [...byDay.values()].map((hours) => {
    const sum = (countOf: (verdict: HourVerdict) => number | undefined) =>
      hours.reduce((total, verdict) => total + (countOf(verdict) ?? 0), 0);
    const [first] = hours;
    return {
      tree: first?.tree ?? '',
      reportDate: first?.reportDate ?? '',
      hours: hours.length,
      startsRead: sum(({ manifest }) => manifest?.ledger.startsRead),
      rows: sum(({ manifest }) => manifest?.ledger.rows),
      duplicates: sum(({ manifest }) => manifest?.ledger.duplicates),
      repeatedStarts: sum(({ manifest }) => manifest?.ledger.repeatedStarts),
      malformed: sum(({ manifest }) => manifest?.ledger.malformed),
      unattributed: sum(({ manifest }) => manifest?.ledger.unattributed),
      pending: sum(({ manifest }) => manifest?.pending.length),
      unexplained: sum(({ faults }) => faults.length),
      cells: Array.from({ length: 24 }, (_, label) => cellOf(hours.find(({ hour }) => hour === label))),
    };
  });
}

function cellOf(verdict: HourVerdict | undefined): DayAccount['cells'][number] {
  if (!verdict) return 'none';
  if (verdict.faults.length > 0) return 'fault';
  if (verdict.manifest?.ledger.rows === 0) return 'empty';
  return verdict.isFinal ? 'final' : 'open';
}
