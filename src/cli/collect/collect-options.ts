import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { endedPart, type ReportDay, reportDateAt, reportDays } from '../../calendar/report-day.js';
import type { GivenInputs } from '../../compose/open-inputs.js';
import type { SourcePlan } from '../../compose/open-sources.js';
import { UsageError } from '../../compose/usage-error.js';
import { REPORT_FORMATS, type ReportFormat } from '../../record/manifest.js';
import type { OptionsOf } from '../terminal/command-run.js';
import type { addCollect } from './commands-collect.js';

/** What the user typed after `aqt collect`. */
export type CollectArguments = Partial<OptionsOf<typeof addCollect>>;

/** The same, checked. */
export interface CollectPlan extends SourcePlan {
  /** Groups of days that touch; one scan each. */
  readonly ranges: readonly (readonly ReportDay[])[];
  readonly output: string;
  readonly format: ReportFormat;
  readonly given: GivenInputs;
}

/**
 * Checks the options of `collect`.
 * @throws UsageError or CalendarError naming the option, the value and what is allowed
 */
export function planCollect(options: CollectArguments): CollectPlan {
  if (!options.from)
    throw new UsageError('--from is missing: name the first report day, for example --from 2026-11-01');
  if (!options.output) throw new UsageError('--output is missing: name a folder or s3://bucket[/prefix]');
  const timezone = options.timezone ?? 'America/New_York';
  const days = reportDays({ from: options.from, to: options.to ?? options.from, timezone });
  if (options.validateDigests && !options.trail)
    throw new UsageError('--validate-digests needs --trail: digest files lie beside the log files of a trail');
  return {
    ranges: options.hour === undefined ? [days] : days.flatMap((day) => hourOf(day, options.hour)),
    output: options.output,
    format: parseFormat(options.format ?? 'csv'),
    ...planSources(options),
    given: { directory: options.directory, prices: options.prices },
  };
}

/**
 * Checks the options that say where evidence comes from.
 * @throws UsageError naming the option and what is allowed
 */
export function planSources(options: Pick<CollectArguments, 'source' | 'trail' | 'executions' | 'jobs'>): SourcePlan {
  const source = options.source ?? (options.trail ? 'trail' : 'lookup');
  if (source !== 'lookup' && source !== 'trail') throw new UsageError(`--source ${source}: use lookup or trail`);
  if (source === 'trail' && !options.trail)
    throw new UsageError('--source trail needs --trail <folder|file|s3://bucket/prefix>');
  if (source === 'lookup' && options.trail) throw new UsageError('--trail and --source lookup exclude each other');
  const jobs = options.jobs ?? availableParallelism();
  return { source, trail: options.trail ?? null, executions: options.executions ?? null, jobs };
}

/** Names a piece of work, so that the same command finds where it stopped. */
export function scanIdOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** @throws UsageError for a format that is none */
export function parseFormat(format: string): ReportFormat {
  const known = REPORT_FORMATS.find((candidate) => candidate === format);
  if (!known) throw new UsageError(`--format ${format}: use ${REPORT_FORMATS.join(', ')}`);
  return known;
}

function hourOf(day: ReportDay, label: number | undefined): ReportDay[][] {
  const hour = day.hours.find((candidate) => candidate.hour === label);
  if (!hour)
    throw new UsageError(`--hour ${label}: ${day.reportDate} has no such hour in ${day.timezone} (the clock skips it)`);
  return [[{ ...day, window: hour.window, hours: [hour] }]];
}

/**
 * Leaves the hours that have ended: an hour that still runs would be told as if it were whole.
 * @throws UsageError for a day or an hour of which nothing has ended
 */
export function endedRanges(ranges: CollectPlan['ranges'], now: number): CollectPlan['ranges'] {
  return ranges.map((days) =>
    days.map((day) => {
      const ended = endedPart(day, now);
      if (ended) return ended;
      const [hour] = day.hours;
      const what = day.hours.length === 1 && hour ? `hour ${hour.hour} of ${day.reportDate}` : day.reportDate;
      throw new UsageError(
        `${what} has not ended in ${day.timezone}, where it is ${reportDateAt(now, day.timezone)} now: collect days and hours that have ended`,
      );
    }),
  );
}
