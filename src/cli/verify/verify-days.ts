import type { HourLabel } from '../../calendar/hour-label.js';
import type { Manifest } from '../../record/manifest.js';
import type { CheckedHour } from '../../verify/checked.js';
import type { PlacedFinding } from '../../verify/weigh.js';

/** One day of one tree as `verify` shows it. */
export interface DayAccount {
  readonly tree: string;
  readonly reportDate: string;
  readonly hours: number;
  readonly openHours: number;
  readonly startsRead: number;
  readonly rows: number;
  readonly duplicates: number;
  readonly repeatedStarts: number;
  readonly malformed: number;
  readonly unattributed: number;
  readonly pending: number;
  /** Things explained that somebody should look at. */
  readonly findings: number;
  /** Faults found; 0 when the day is proven. */
  readonly unexplained: number;
  /** One for each label 0–23. */
  readonly cells: readonly DayCell[];
}

/** An hour in the map of a day. `none` is a label that the day lacks, or that nobody asked for. */
export interface DayCell {
  readonly kind: 'final' | 'open' | 'fault' | 'finding' | 'none';
  readonly rows: number;
}

/** Expected is what either witness told of; what is not a row is explained by a reason. Null without a manifest. */
export function accountOf(manifest: Manifest | null) {
  if (!manifest) return { expected: null, collected: null, explained: null };
  const { startsRead, unattributed, rows, duplicates, repeatedStarts, malformed } = manifest.ledger;
  return { expected: startsRead + unattributed, collected: rows, explained: { duplicates, repeatedStarts, malformed } };
}

/** Adds up checkedHours by tree and day, in their order. */
export function sumByDay(checkedHours: readonly CheckedHour[], findings: readonly PlacedFinding[]): DayAccount[] {
  const found = new Map<string, number>();
  for (const { tree, label } of findings)
    if (label) found.set(nameOf({ tree, ...label }), (found.get(nameOf({ tree, ...label })) ?? 0) + 1);
  const findingsIn = (checked: CheckedHour) => found.get(nameOf(checked)) ?? 0;
  const byDay = new Map<string, CheckedHour[]>();
  for (const checked of checkedHours) {
    const key = `${checked.tree}${checked.reportDate}`;
    const hours = byDay.get(key) ?? [];
    byDay.set(key, hours);
    hours.push(checked);
  }
  return [...byDay.values()].map((hours) => {
    const sum = (countOf: (checked: CheckedHour) => number | undefined) =>
      hours.reduce((total, checked) => total + (countOf(checked) ?? 0), 0);
    const [first] = hours;
    return {
      tree: first?.tree ?? '',
      reportDate: first?.reportDate ?? '',
      hours: hours.length,
      openHours: sum(({ manifest, isFinal }) => (manifest && !isFinal ? 1 : 0)),
      startsRead: sum(({ manifest }) => manifest?.ledger.startsRead),
      rows: sum(({ manifest }) => manifest?.ledger.rows),
      duplicates: sum(({ manifest }) => manifest?.ledger.duplicates),
      repeatedStarts: sum(({ manifest }) => manifest?.ledger.repeatedStarts),
      malformed: sum(({ manifest }) => manifest?.ledger.malformed),
      unattributed: sum(({ manifest }) => manifest?.ledger.unattributed),
      pending: sum(({ manifest }) => manifest?.pending.length),
      findings: sum(findingsIn),
      unexplained: sum(({ faults }) => faults.length),
      cells: Array.from({ length: 24 }, (_, label) =>
        cellOf(
          hours.find(({ hour }) => hour === label),
          findingsIn,
        ),
      ),
    };
  });
}

function nameOf({ tree, reportDate, hour }: HourLabel & { readonly tree: string }): string {
  return `${tree}${reportDate} ${hour}`;
}

function cellOf(checked: CheckedHour | undefined, findingsIn: (checked: CheckedHour) => number): DayCell {
  if (!checked) return { kind: 'none', rows: 0 };
  const rows = checked.manifest?.ledger.rows ?? 0;
  if (checked.faults.length > 0) return { kind: 'fault', rows };
  if (findingsIn(checked) > 0) return { kind: 'finding', rows };
  return { kind: checked.isFinal ? 'final' : 'open', rows };
}
