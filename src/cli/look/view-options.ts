import type { Command, OptionValues } from '@commander-js/extra-typings';
import { coverageOf } from '../../analytics/audit/audit.js';
import { resolveRange, TimeRangeError } from '../../analytics/time/time-range.js';
import { FILTERS, FilterError, readFilters } from '../../analytics/view/filters.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { unmatchedText, unmatchedValues } from '../../analytics/view/unmatched.js';
import { UsageError } from '../../compose/usage-error.js';
import type { Io } from '../terminal/io.js';
import { repeated } from '../terminal/option-values.js';
import { visibleText } from '../terminal/visible-text.js';

/** The filters, named as in the dashboard's URL. */
export interface FilterArguments {
  /** `name=value`: keeps what does not match. */
  readonly not?: readonly string[];
  /** The filters by their names as commander spells them (`minCost`), each with its values. */
  readonly [filter: string]: unknown;
}

/** Which rows: the time and the filters. */
export interface ViewArguments extends FilterArguments {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Adds the options of a view to a command. */
export const withView = <Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) =>
  withFilters(
    command
      .option(
        '--range <span>',
        '24h, 7d, 30d, 90d, any <n>h, <n>d or <n>w, or all, back from the last collected hour (default: 7d)',
      )
      .option('--from <time>', 'a day (YYYY-MM-DD, report time zone) or an instant (2026-11-01T14:00:00Z)')
      .option('--to <time>', 'a day, inclusive, or an instant, exclusive'),
  );

/** Adds the filters to a command. Each may be given several times; any of its values may match. */
export const withFilters = <Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) => {
  const filtered = command
    .option('--not <name=value>', 'leave out what matches, for example --not state=FAILED', repeated)
    .addHelpText('after', FILTER_HELP);
  for (const { name, kind, meaning } of FILTERS) {
    if (kind === 'minimum' || kind === 'maximum') command.option(`--${name} <amount>`, meaning);
    else command.option(`--${name} <value>`, meaning, repeated);
  }
  return filtered;
};

const FILTER_HELP = `
A row must match every filter; a filter that is given several times matches any of its values. * stands for any characters, (none) for no value.
`;

/** The filters as pairs of a query string. */
export function filterPairs(options: FilterArguments): [string, string][] {
  const pairs: [string, string][] = [];
  for (const { name } of FILTERS) {
    const value = options[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value])
      pairs.push([name, String(one)]);
  }
  for (const text of options.not ?? []) {
    const [name = '', ...value] = text.split('=');
    if (!FILTERS.some((filter) => filter.name === name.replace('_', '-')) || value.length === 0) {
      throw new UsageError(`--not ${text}: write --not <filter>=<value>, for example --not state=FAILED`);
    }
    pairs.push([`-${name}`, value.join('=')]);
  }
  return pairs;
}

export function hasView(options: ViewArguments): boolean {
  return Boolean(options.range || options.from || options.to) || filterPairs(options).length > 0;
}

/** Hours of the tree, of whatever view, whose rows are not all there. */
export interface MissingHours {
  /** Without a report. */
  readonly gaps: number;
  /** Whose report and manifest disagree. */
  readonly faulty: number;
  /** Whose report lacks an account or Region. */
  readonly lacking: number;
}

/** Says what is missing, and how to learn more; null when nothing is. */
export function missingText({ gaps, faulty, lacking }: MissingHours, output: string): string | null {
  const parts = [
    ...(gaps > 0 ? [`${gaps} hours have no report`] : []),
    ...(faulty > 0 ? [`${faulty} hours are faulty`] : []),
    ...(lacking > 0 ? [`${lacking} hours lack an account or Region`] : []),
  ];
  return parts.length > 0 ? `${parts.join(', ')}: aqt verify ${output} says which.` : null;
}

/** Resolves a view against what is collected. @throws UsageError for a value that cannot be used */
export async function scopeOf(
  run: RunSql,
  options: ViewArguments,
): Promise<{ readonly scope: Scope; readonly timezone: string; readonly missing: MissingHours }> {
  const { collected, started, timezone, gaps, faulty, lacking } = await coverageOf(run);
  try {
    const filters = readFilters(filterPairs(options), (name) => {
      throw new UsageError(`there is no filter ${name}`);
    });
    const window = resolveRange(options, collected ?? { start: 0, end: 0 }, timezone);
    return { scope: { window, started, filters, isMasked: false }, timezone, missing: { gaps, faulty, lacking } };
  } catch (error) {
    if (error instanceof FilterError || error instanceof TimeRangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Says which values of the filters no row has, and what there is: for a view in which nothing was found. */
export async function tellUnmatched(run: RunSql, scope: Scope, io: Io): Promise<void> {
  for (const unmatched of await unmatchedValues(run, scope))
    io.stderr(`aqt: ${visibleText(unmatchedText(unmatched))}\n`);
}
