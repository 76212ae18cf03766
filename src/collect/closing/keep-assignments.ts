import type { PlaceSettings } from '../../athena/place-settings.js';
import { assignmentsOf } from '../../athena/reservation-assignments.js';
import { addDays } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createDefinitionBook, type Definition } from '../../sql/definition-book.js';
import { addDefinitions, readDefinitions } from '../../tree/definitions.js';
import { noteRowNews } from '../../tree/row-news.js';

/**
 * Keeps which workgroups run on which capacity reservation since when, as a closing found it. Where that is news, hours since then
 * are noted to be looked at again. Returns the instant from which it is news, epoch milliseconds; null where it is none.
 */
export async function keepAssignments(
  store: ReportStore,
  request: { readonly settings: readonly PlaceSettings[]; readonly since: number; readonly askedAt: number },
): Promise<number | null> {
  const { settings, since, askedAt } = request;
  const before = Date.parse(addDays(new Date(askedAt).toISOString().slice(0, 10), 2));
  const known = (await readDefinitions(store, before)).filter(({ kind }) => kind === 'reservation');
  const said = settings.flatMap((place): Definition[] => {
    const { accountId, region } = place;
    const names = known.filter((one) => one.accountId === accountId && one.region === region).map(({ name }) => name);
    return assignmentsOf(place, { since, askedAt, known: [...new Set(names)] }).map((one) => ({
      ...{ kind: 'reservation', origin: 'catalog', accountId, region, workGroup: '', name: one.reservation },
      ...{ text: null, catalog: null, database: null, workGroups: one.workGroups, at: one.from },
    }));
  });
  if (said.length === 0) return null;
  const news = newsOf(known, said);
  // First, as with all news: a note in vain costs a look, one that is lost leaves rows wrong.
  if (news !== null) await noteRowNews(store, news);
  await addDefinitions(store, said);
  return news;
}

/** The first instant at which the new definitions say something that the known ones did not. */
function newsOf(known: readonly Definition[], said: readonly Definition[]): number | null {
  const [old, now] = [createDefinitionBook(), createDefinitionBook()];
  old.add(known);
  now.add([...known, ...said]);
  let first: number | null = null;
  for (const { accountId, region, at } of said) {
    const workGroups = new Set([...known, ...said].flatMap((one) => one.workGroups ?? []));
    for (const workGroup of workGroups) {
      const place = { accountId, region, workGroup, at };
      if (old.reservationOf(place) !== now.reservationOf(place) && (first === null || at < first)) first = at;
    }
  }
  return first;
}
