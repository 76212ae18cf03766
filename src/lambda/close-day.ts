import { finishDay, sealOthers } from '../collect/days/finish-day.js';
import { settleWithin } from '../collect/days/settle-within.js';
import { readAges } from '../collect/days/tree-ages.js';
import { type ClosedDay, type SettledDays, tellClosed, tellSettled, type UnfinishedDay } from './day-reply.js';
import { summariesIn } from './hour-summary.js';
import { keepDaily, openDays, withNeighbours } from './keep-daily.js';
import { openWriting } from './open-function.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { endOf } from './time-left.js';

/** Share of the time for Athena's lists; the last of what they bring must be asked for, written and sealed in the rest. */
const LISTING_SHARE = 0.75;
/** Share of the time for open hours; in the rest the files of the days are made anew that they lie in. */
const SETTLING_SHARE = 0.7;

/**
 * Closes a report day: Athena's own list is compared, manifests are sealed, metrics written, and its rows made one file. In the phase
 * `late` it seals hours of other days that late events changed, settles hours that are still open, and makes the files of their days anew.
 */
export async function handler(
  event: unknown,
  context?: InvocationContext,
): Promise<ClosedDay | UnfinishedDay | SettledDays> {
  const { config, collector, sources } = await openWriting(process.env, context);
  const { clock, store } = collector;
  const now = clock.now();
  const { day, phase, holder } = parseDayRequest(event, config.timezone, now);
  const hours = summariesIn((event as { hours?: unknown }).hours);
  const written = hours.map(({ report_date }) => report_date);
  const deadline = endOf(context, now);
  await sealOthers({ store, now }, day, written);
  if (phase === 'late') {
    const settled = await settleWithin(collector, { holder, deadline: now + (deadline - now) * SETTLING_SHARE });
    const changed = [...written, ...(settled ?? []).map(({ reportDate }) => reportDate)];
    // Once a day also days whose hours somebody else has written, from another machine.
    const others = settled === null ? [] : openDays(day.reportDate);
    await keepDaily(collector, { dates: [day.reportDate, ...changed, ...others], deadline });
    return tellSettled(
      hours,
      { settled, ages: await readAges(store, { timezone: day.timezone, now: clock.now() }) },
      clock.now(),
    );
  }
  const restsAt = now + (deadline - now) * LISTING_SHARE;
  const closing = await finishDay(collector, sources, {
    ...{ day, format: config.format, restsAt },
    hearsEvents: config.hearsEvents,
  });
  if (closing === 'more') return { state: 'more' };
  const told = tellClosed(hours, closing, clock.now());
  await keepDaily(collector, { dates: [...withNeighbours(day.reportDate), ...written], deadline });
  return told;
}
