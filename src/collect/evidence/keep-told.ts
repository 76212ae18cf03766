import { isTerminal } from '../../athena/execution.js';
import { reportHourAt } from '../../calendar/report-day.js';
import { addToHour, type HourLine, type ToldExecution } from '../../tree/evidence/evidence-lines.js';
import { pinTimezone } from '../../tree/settings.js';
import type { Collector } from '../collector.js';
import { fetchAnswers } from '../hour/fetch-answers.js';

/** An execution that Athena told of, and when, epoch milliseconds. */
export interface Told extends ToldExecution {
  readonly at: number;
}

/** What became of executions that were told. */
export interface KeptTold {
  readonly kept: number;
  /** Athena may not be asked, or does not know them: nobody can say in which hour they belong. Sorted. */
  readonly unplaced: readonly string[];
  /** Of accounts or Regions that are not collected: nobody here can be asked. Sorted. */
  readonly foreign: readonly string[];
  /** Athena had no time to answer: worth another try. */
  readonly later: readonly string[];
}

/**
 * Keeps executions that Athena told of: asks for each, and appends it, with its text and numbers, to the evidence of the hour in which it was
 * submitted. An execution that comes again changes nothing but the number of copies.
 */
export async function keepTold(
  collector: Pick<Collector, 'store' | 'executions' | 'clock'>,
  { told, timezone }: { readonly told: readonly Told[]; readonly timezone: string },
): Promise<KeptTold> {
  const { store, clock } = collector;
  await pinTimezone(store, timezone, clock.now());
  const byId = new Map(told.map((one) => [one.queryExecutionId, one]));
  const answers = await fetchAnswers(
    collector,
    [...byId.values()].map(({ at, ...place }) => ({ ...place, startedAt: at })),
  );
  const [unplaced, foreign, later]: [string[], string[], string[]] = [[], [], []];
  const byHour = new Map<string, { readonly label: ReturnType<typeof reportHourAt>; readonly lines: HourLine[] }>();
  for (const [queryExecutionId, { accountId, region }] of byId) {
    const observed = answers.get(queryExecutionId);
    if (!collector.executions({ accountId, region })) {
      foreign.push(queryExecutionId);
      continue;
    }
    if (observed?.answer.outcome === 'pending') later.push(queryExecutionId);
    if (observed?.answer.outcome !== 'found' || observed.answer.execution.submittedAt === null) {
      if (observed?.answer.outcome !== 'pending') unplaced.push(queryExecutionId);
      continue;
    }
    const { execution } = observed.answer;
    const label = reportHourAt(execution.submittedAt ?? 0, timezone);
    const name = `${label.reportDate} ${label.hour}`;
    const hour = byHour.get(name) ?? { label, lines: [] };
    hour.lines.push({ told: { queryExecutionId, accountId, region } });
    // An answer of a query that still runs would be asked for again anyhow.
    if (isTerminal(execution.state)) hour.lines.push({ answer: observed });
    byHour.set(name, hour);
  }
  for (const { label, lines } of byHour.values()) await addToHour(store, label, lines);
  const kept = byId.size - unplaced.length - foreign.length - later.length;
  return { kept, unplaced: unplaced.sort(), foreign: foreign.sort(), later: later.sort() };
}
