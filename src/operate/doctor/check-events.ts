import { reportDateAt } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readClosings } from '../../tree/closings.js';
import { readManifests } from '../../tree/read-manifests.js';
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
  if (events.length === 0 && (await executionsOf(store, { reportDate, now: clock.now() })) === 0)
    return skip(check, `nobody ran a query on ${reportDate}`);
  if (events.length === 0)
    return warn(
      check,
      `no event of ${reportDate} was heard, though StateChangeEvents is on: the stack did not listen yet, or the rule, the queue or the function fails`,
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

/** Executions in the reports of a day. */
async function executionsOf(
  store: ReportStore,
  { reportDate, now }: { readonly reportDate: string; readonly now: number },
): Promise<number> {
  let executions = 0;
  for await (const { label, manifest } of readManifests(store, { from: reportDate, now }))
    if (typeof manifest !== 'string' && label.reportDate === reportDate) executions += manifest.ledger.executions;
  return executions;
}
