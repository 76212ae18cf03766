import { changeText } from '../parts/format.js';

/** Periods that are offered, as `compare` in the address. */
export const PERIODS: readonly (readonly [string, string])[] = [
  ['previous', 'The period before'],
  ['1w', 'A week earlier'],
  ['4w', 'Four weeks earlier'],
  ['52w', 'A year earlier (52 weeks)'],
];

/** What another period is called in a sentence; null where there is none. */
export function comparedName(compare: string | null): string | null {
  if (!compare) return null;
  const known = PERIODS.find(([name]) => name === compare)?.[1].replace(/^(The|A|Four)/, (word) => word.toLowerCase());
  return known ?? (/^\d{4}-/.test(compare) ? `the time from ${compare}` : `${compare} earlier`);
}

/** `+12 % against the period before`; undefined where there is nothing to compare with. */
export function deltaText(now: number, before: number | undefined, compare: string | null): string | undefined {
  if (before === undefined || before === 0) return undefined;
  return `${changeText(now, before)} against ${comparedName(compare) ?? 'the period before'}`;
}
