import type { ReportStore } from '../../ports/report-store.js';
import type { Delivery } from '../../ports/start-source.js';
import { hasMembers, isCount, isInstant, isMapOf } from '../../record/text/shape.js';
import { parseKey, workFolder, workKey } from '../layout.js';
import { parseDocument, type TreeDocument, updateDocument } from '../update.js';

/** What the last whole list of a day of delivery showed at one place. */
interface ListedDay {
  readonly listed: number;
  readonly read: number;
  /** When a list showed that, ISO 8601 UTC: the last, or the first after the day was over. */
  readonly listedAt: string;
}

/** A day of delivery, by place. */
interface Deliveries {
  readonly schema: 1;
  readonly places: Readonly<Record<string, ListedDay>>;
}

const isDeliveries = hasMembers({
  schema: (value) => value === 1,
  places: isMapOf(hasMembers({ listed: isCount, read: isCount, listedAt: isInstant })),
});

function deliveriesOf(date: string): TreeDocument<Deliveries> {
  return {
    key: workKey.deliveries(date),
    absent: { schema: 1, places: {} },
    parse: (value) => (isDeliveries(value) ? (value as Deliveries) : null),
    whenDamaged: 'absent',
  };
}

/**
 * Keeps how many log files a scan has listed of each day of delivery, and how many of them were read: the last list
 * counts. One that shows what an earlier one did, after the day was over, changes nothing.
 */
export async function keepDeliveries(
  store: ReportStore,
  deliveries: readonly Delivery[],
  { now }: { readonly now: number },
): Promise<void> {
  const listedAt = new Date(now).toISOString();
  for (const { place, date, listed, read } of deliveries) {
    await updateDocument(store, deliveriesOf(date), (before) => {
      const known = before.places[place];
      const isSame = known?.listed === listed && known.read === read && known.listedAt.slice(0, 10) > date;
      if (known && (isSame || known.listedAt > listedAt)) return before;
      const places = { ...before.places, [place]: { listed, read, listedAt } };
      return {
        schema: 1 as const,
        places: Object.fromEntries(Object.entries(places).sort(([a], [b]) => (a < b ? -1 : 1))),
      };
    });
  }
}

/** Reads them of a tree (its folder ends in `/`, or is empty), of days of delivery (inclusive; null: no bound), in order. */
export async function readDeliveries(
  store: ReportStore,
  { tree, from, to }: { readonly tree: string; readonly from: string | null; readonly to: string | null },
): Promise<(Delivery & { readonly listedAt: string })[]> {
  const read: (Delivery & { readonly listedAt: string })[] = [];
  for await (const { key } of store.list(tree + workFolder.deliveries)) {
    const parsed = parseKey(key);
    if (parsed.kind !== 'work' || parsed.what !== 'deliveries') continue;
    const [date = ''] = parsed.parts;
    if ((from !== null && date < from) || (to !== null && date > to)) continue;
    const { places } = parseDocument(await store.read(key), deliveriesOf(date));
    read.push(...Object.entries(places).map(([place, day]) => ({ place, date, ...day })));
  }
  return read;
}
