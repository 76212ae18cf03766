import { describe, expect, it } from 'vitest';
import { gapsIn, unionOf, type Window } from '../calendar/window.js';
import type { Reject, Start } from '../cloudtrail/start.js';
import type { Evidence, EvidenceBatch, StartSource } from '../ports/start-source.js';
import { otherRecord, startRecord } from './record.fixture.js';

type Json = Readonly<Record<string, unknown>>;

/** Opens a source over these records; what they look like on their way is the adapter's business. */
export type OpenSource = (records: readonly Json[]) => Promise<StartSource> | StartSource;

const START = Date.parse('2026-11-01T05:00:00Z');
const WINDOW: Window = { start: START, end: START + 86_400_000 };
const at = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

/** What every source of starts must do, whatever it reads from. */
export function testStartSource(name: string, open: OpenSource): void {
  describe(`${name} as a StartSource`, () => {
    it('yields every start of the window, refused ones included, and none outside of it', async () => {
      const inside = many(120, (index) => ({ eventTime: at(START + index * 720_000), eventID: `in-${index}` }));
      const refused = startRecord({
        eventID: 'refused',
        eventTime: at(START + 5000),
        errorCode: 'InvalidRequestException',
        responseElements: null,
      });
      const edges = [
        startRecord({ eventID: 'first', eventTime: at(WINDOW.start) }),
        startRecord({ eventID: 'last', eventTime: at(WINDOW.end - 1000) }),
        startRecord({ eventID: 'before', eventTime: at(WINDOW.start - 1000) }),
        startRecord({ eventID: 'after', eventTime: at(WINDOW.end) }),
      ];
      const others = many(60, (index) => ({
        ...otherRecord(),
        eventTime: at(START + index * 1000),
        eventID: `other-${index}`,
      }));
      const source = await open([...inside, refused, ...edges, ...others]);
      const { ids, covered } = await drain(source, WINDOW);
      expect(ids).toEqual([...inside.map(({ eventID }) => eventID), 'refused', 'first', 'last'].sort());
      expect(covered).toEqual([WINDOW]);
    });

    it('yields many events of one second', async () => {
      const records = many(170, (index) => ({ eventTime: at(START + 3000), eventID: `e-${index}` }));
      const { ids } = await drain(await open(records), WINDOW);
      expect(ids).toHaveLength(170);
    });

    it('covers a window without events', async () => {
      const { items, covered } = await drain(await open([]), WINDOW);
      // What has no log file says that it knows nothing.
      expect(items.filter(({ kind }) => kind !== 'not-read')).toEqual([]);
      expect(covered).toEqual([WINDOW]);
    });

    it('covers windows that begin and end between two seconds', async () => {
      const window = { start: START + 500, end: START + 2500 };
      const records = many(4, (index) => ({ eventTime: at(START + index * 1000), eventID: `e-${index}` }));
      const { ids, covered } = await drain(await open(records), window);
      expect(ids).toEqual(['e-1', 'e-2']);
      expect(covered).toEqual([window]);
    });

    it('covers nothing whose events it has not yielded', async () => {
      const records = many(400, (index) => ({ eventTime: at(START + (index % 90) * 60_000), eventID: `e-${index}` }));
      let covered: Window[] = [];
      const seen = new Set<string>();
      for await (const batch of (await open(records)).scan(WINDOW, {})) {
        for (const item of batch.items) if (item.kind === 'start') seen.add(item.eventId);
        covered = unionOf([...covered, ...batch.covered]);
        for (const { eventID, eventTime } of records) {
          const time = Date.parse(String(eventTime));
          if (covered.some(({ start, end }) => start <= time && time < end)) expect(seen).toContain(eventID);
        }
      }
    });

    it('goes on from any of its cursors without losing what was not covered', async () => {
      const records = many(260, (index) => ({ eventTime: at(START + index * 300_000), eventID: `e-${index}` }));
      const batches: EvidenceBatch[] = [];
      for await (const batch of (await open(records)).scan(WINDOW, {})) batches.push(batch);
      for (const [index, { cursor }] of batches.entries()) {
        const before = batches.slice(0, index + 1);
        const carried = JSON.parse(JSON.stringify(cursor)) as unknown;
        const resumed = await drain(await open(records), WINDOW, carried);
        const ids = new Set([...startIds(before.flatMap(({ items }) => items)), ...resumed.ids]);
        expect(ids.size).toBe(260);
        const covered = unionOf([...before.flatMap((batch) => batch.covered), ...resumed.covered]);
        expect(gapsIn(WINDOW, covered)).toEqual([]);
      }
    });

    it('begins anew with a cursor that it cannot use', async () => {
      const records = many(5, (index) => ({ eventTime: at(START + index * 1000), eventID: `e-${index}` }));
      for (const cursor of [
        null,
        7,
        'x',
        {},
        [],
        { window: null, segments: 'x' },
        { window: WINDOW, segments: [{}] },
        { after: 5 },
      ]) {
        const { ids, covered } = await drain(await open(records), WINDOW, cursor);
        expect([ids.length, covered]).toEqual([5, [WINDOW]]);
      }
    });

    it('rejects a start that cannot be used, with the record, and keeps the others', async () => {
      const broken = startRecord({ eventID: 'broken', recipientAccountId: null, userIdentity: {} });
      const { items, ids } = await drain(await open([startRecord(), broken]), WINDOW);
      const rejects = items.filter((item): item is Reject => item.kind === 'reject');
      expect(ids).toEqual(['e-1']);
      expect(rejects).toHaveLength(1);
      expect(rejects[0]).toMatchObject({ reason: expect.stringContaining('recipientAccountId'), eventTime: START });
      expect(JSON.parse(String(rejects[0]?.raw))).toEqual(broken);
      expect(rejects[0]?.origin).not.toBe('');
    });

    it('stops when told to', async () => {
      const stop = new AbortController();
      stop.abort(new Error('told to'));
      const source = await open(many(5, () => ({})));
      await expect(drain(source, WINDOW, undefined, stop.signal)).rejects.toThrow('told to');
    });

    it('accounts for what it did, by sorted names', async () => {
      const source = await open(many(3, (index) => ({ eventID: `e-${index}` })));
      await drain(source, WINDOW);
      const { counts } = source.account();
      expect(counts.starts).toBe(3);
      expect(Object.keys(counts)).toEqual(Object.keys(counts).sort());
    });
  });
}

function many(count: number, over: (index: number) => Json): Json[] {
  return Array.from({ length: count }, (_, index) => startRecord(over(index)));
}

/** Reads a scan to its end; ids of the starts are sorted, each once. */
export async function drain(source: StartSource, window: Window, cursor?: unknown, signal?: AbortSignal) {
  const items: Evidence[] = [];
  const covered: Window[] = [];
  for await (const batch of source.scan(window, {
    ...(cursor === undefined ? {} : { cursor }),
    ...(signal ? { signal } : {}),
  })) {
    items.push(...batch.items);
    covered.push(...batch.covered);
  }
  const ids = startIds(items);
  return { items, ids: [...new Set(ids)], repeated: ids.length - new Set(ids).size, covered: unionOf(covered) };
}

function startIds(items: readonly Evidence[]): string[] {
  return items
    .filter((item): item is Start => item.kind === 'start')
    .map(({ eventId }) => eventId)
    .sort();
}
