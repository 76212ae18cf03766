import { reportDateAt } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readClosings } from '../../tree/closings.js';
import type { DeployedStack } from './check-stack.js';
import { type Finding, pass, skip, warn } from './finding.js';

const DAY_MS = 86_400_000;
const DAYS = 7;

/** Tells whether Athena's events are heard, by the last day that was closed, and what was not listed because of them. */
export async function checkEvents(
  { store, clock }: { readonly store: ReportStore; readonly clock: Clock },
  { parameters }: DeployedStack,
): Promise<Finding> {
  const check = 'events';
  if (parameters.StateChangeEvents !== 'on')
    return skip(check, 'Athena’s events are not heard (StateChangeEvents): lists are read to their end');
  const from = reportDateAt(clock.now() - DAYS * DAY_MS, 'UTC');
  const last = (await readClosings(store, { tree: '', from, to: null })).at(-1);
  if (!last) return skip(check, 'no day of the last week was closed yet');
  const { events = [], workGroups, reportDate } = last;
  if (events.length === 0)
    return warn(
      check,
      `no event of ${reportDate} was heard, though StateChangeEvents is on: nobody ran a query, or the rule, the queue or the function fails`,
      'look at the dead-letter queue, at the log of the witness function, and at the key policy of QueueKeyArn (events.amazonaws.com)',
    );
  const seen = events.reduce((sum, one) => sum + one.seen, 0);
  const absent = events.reduce((sum, one) => sum + one.absent, 0);
  const narrowed = workGroups.filter(({ isRecent }) => isRecent).length;
  const told = `of ${reportDate} events told of ${seen} executions`;
  if (absent > 0)
    return warn(
      check,
      `${told} and not of ${absent} that CloudTrail shows: Athena’s lists were read to their end instead`,
      'nothing, when it stays rare: events are delivered as well as AWS can; else look at the dead-letter queue and the witness function’s log',
    );
  return pass(
    check,
    narrowed > 0
      ? `${told}, all that CloudTrail shows: ${narrowed} of ${workGroups.length} lists were read only as far as the day`
      : `${told}, all that CloudTrail shows; lists were read to their end`,
  );
}
