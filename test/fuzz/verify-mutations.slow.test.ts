import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportDays } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import type { StartSource } from '../../src/ports/start-source.js';
import { startOf } from '../../src/record/evidence.fixture.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { verify } from '../../src/verify/verify.js';

const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'America/New_York' });
const DAY = days[0]?.window.start ?? 0;
const starts = Array.from({ length: 60 }, (_, at) =>
  startOf({
    eventId: `e${at}`,
    queryExecutionId: at % 9 === 8 ? null : `q${at}`,
    errorCode: at % 9 === 8 ? 'AccessDenied' : null,
    queryString: `SELECT ${at}`,
    eventTime: DAY + at * 1_400_000,
  }),
);
const source: StartSource = {
  async *scan(window) {
    yield { items: starts, covered: [window], cursor: null };
  },
  account: () => ({ kind: 'lookup-events', accountId: null, region: null, counts: {} }),
};

const store = createMemoryStore();
let pristine: Map<string, Uint8Array>;
let head: string | null = null;

/** Everything that `aqt verify` would tell, with the head of the chain kept elsewhere. */
async function faults(): Promise<string[]> {
  const found: string[] = [];
  const request = { store, from: '2026-11-02', to: '2026-11-02', codec: REPORT_CODEC };
  let seals: readonly string[] = [];
  for await (const checked of verify({
    ...request,
    onTree: ({ chain }) => {
      found.push(...chain.faults);
      seals = chain.seals;
    },
  }))
    found.push(...checked.faults);
  if (head !== null && !seals.includes(head)) found.push('the head kept elsewhere is not in the chain');
  return found;
}

beforeAll(async () => {
  const collector = collectorOf(store, DAY + 3 * 86_400_000);
  const range = { days, format: 'csv' } as const;
  for await (const _ of collectRange(collector, startsFrom(source), { ...range, scanId: 'mutations' }));
  // A second seal: an answer that came later.
  const late = startOf({ eventId: 'late', queryExecutionId: 'late', eventTime: DAY + 5000 });
  const lateSource: StartSource = {
    ...source,
    async *scan(window) {
      yield { items: [late], covered: [window], cursor: null };
    },
  };
  for await (const _ of collectRange(collector, startsFrom(lateSource), { ...range, scanId: 'again' }));
  pristine = new Map(store.files);
  await verify({
    store,
    from: null,
    to: null,
    codec: REPORT_CODEC,
    onTree: ({ chain }) => {
      head = chain.head;
    },
  }).next();
});

type Mutation = (bytes: Uint8Array, at: number, key: string) => void;
const set = (key: string, text: string | Uint8Array) => store.files.set(key, Buffer.from(text as string));
const lines = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').split('\n');
const others = (key: string) =>
  [...pristine.keys()].filter((other) => other !== key && nameOf(other) === nameOf(key) && text(other) !== text(key));
const nameOf = (key: string) => key.replace(/^.*\/(report|_manifest|\d{8})[^/]*$/, '$1').replace(/^\d+$/, 'seal');
const text = (key: string) => Buffer.from(pristine.get(key) ?? []).toString('latin1');

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a bit flipped': (bytes, at, key) => {
    const changed = Uint8Array.from(bytes);
    changed[at % bytes.length] = (changed[at % bytes.length] ?? 0) ^ (1 << (at % 8));
    set(key, changed);
  },
  'cut short': (bytes, at, key) => set(key, bytes.subarray(0, at % bytes.length)),
  'bytes appended': (bytes, _, key) => set(key, Buffer.concat([bytes, Buffer.from('\n')])),
  removed: (_, __, key) => store.files.delete(key),
  'a line removed': (bytes, at, key) => {
    const all = lines(bytes);
    set(key, all.filter((_, index) => index !== at % (all.length - 1)).join('\n'));
  },
  'a line doubled': (bytes, at, key) => {
    const all = lines(bytes);
    all.splice(at % (all.length - 1), 0, all[at % (all.length - 1)] ?? '');
    set(key, all.join('\n'));
  },
  'replaced by another of its kind': (_, at, key) => {
    const candidates = others(key);
    set(key, pristine.get(candidates[at % candidates.length] ?? '') ?? 'x');
  },
  'swapped with another of its kind': (bytes, at, key) => {
    const candidates = others(key);
    const other = candidates[at % candidates.length] ?? '';
    set(key, pristine.get(other) ?? 'x');
    if (other !== '') set(other, bytes);
  },
  'a file added beside it': (bytes, at, key) =>
    set(
      `${key.slice(0, key.lastIndexOf('/') + 1)}${key.includes('seals') ? `0000000${3 + (at % 5)}.json` : `extra-${at}.csv`}`,
      bytes,
    ),
  'JSON rewritten with one value changed': (bytes, at, key) => {
    if (!key.endsWith('.json')) return set(key, Buffer.concat([bytes, bytes]));
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const leaves: (() => void)[] = [];
    const walk = (node: unknown) => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, child] of Object.entries(node)) {
        if (typeof child === 'object' && child !== null) walk(child);
        else
          leaves.push(() => {
            (node as Record<string, unknown>)[name] =
              typeof child === 'number' ? child + 1 : typeof child === 'string' ? `${child}0` : 'x';
          });
      }
    };
    walk(value);
    leaves[at % leaves.length]?.();
    return set(key, `${JSON.stringify(value, null, 2)}\n`);
  },
};

describe('verify, after a mutation', () => {
  it('finds nothing before it', async () => {
    expect(await faults()).toEqual([]);
    expect(head).not.toBeNull();
  });

  it.each(Object.entries(MUTATIONS))('finds a report, manifest or seal with %s', async (_, mutate) => {
    const victims = [...pristine.keys()].filter((key) => key.startsWith('year=') || key.startsWith('_work/seals/'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...victims), fc.nat(100_000), async (key, at) => {
        store.files.clear();
        for (const [name, bytes] of pristine) store.files.set(name, bytes);
        const bytes = pristine.get(key) ?? new Uint8Array();
        mutate(bytes, at, key);
        if (Buffer.compare(store.files.get(key) ?? Buffer.alloc(0), bytes) === 0 && store.files.size === pristine.size)
          return;
        expect(await faults()).not.toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
