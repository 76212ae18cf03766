import { expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { StartSource } from '../../ports/start-source.js';
import { startOf } from '../../record/evidence.fixture.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from '../days/collect-range.js';
import { ScanStopped } from './scan-stopped.js';

const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'UTC' });
const at = (hour: number) => Date.UTC(2026, 10, 2, hour);

/** Reads an hour at a time, and breaks off before the hour that fails. */
function sourceOf(fails: { hour: number }, read: number[]): StartSource {
  return {
    async *scan(_, { cursor }) {
      for (let hour = typeof cursor === 'number' ? cursor : 0; hour < 24; hour++) {
        if (hour === fails.hour) throw new Error('ServiceUnavailable');
        read.push(hour);
        const items = [startOf({ eventId: `e${hour}`, queryExecutionId: `q${hour}`, eventTime: at(hour) })];
        yield { items, covered: [{ start: at(hour), end: at(hour + 1) }], cursor: hour + 1 };
      }
    },
    account: () => ({ kind: 'lookup-events', accountId: '111122223333', region: 'us-east-1', counts: {} }),
  };
}

async function run(store: ReturnType<typeof createMemoryStore>, source: StartSource): Promise<number> {
  let rows = 0;
  const range = { days, format: 'csv', scanId: 'stopped' } as const;
  for await (const { report } of collectRange(collectorOf(store, at(72)), startsFrom(source), range))
    rows += report.rows;
  return rows;
}

it('a scan that broke off says so, and goes on where it stopped without reading anything twice', async () => {
  const store = createMemoryStore();
  const read: number[] = [];
  const fails = { hour: 9 };
  const stopped = run(store, sourceOf(fails, read));
  await expect(stopped).rejects.toThrow(ScanStopped);
  await expect(stopped).rejects.toThrow(
    /lookup-events 111122223333 us-east-1 broke off: ServiceUnavailable; .*goes on/,
  );
  fails.hour = -1;
  expect(await run(store, sourceOf(fails, read))).toBe(24);
  expect(read).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
});

it('a scan that read nothing fails with its cause', async () => {
  await expect(run(createMemoryStore(), sourceOf({ hour: 0 }, []))).rejects.toThrow(/^ServiceUnavailable$/);
});

it('a scan whose evidence could not be written once says nowhere that it was read, and loses nothing', async () => {
  let writes = 0;
  const store = createMemoryStore({
    beforeWrite(key) {
      if (key.startsWith('_work/evidence/') && ++writes === 3) throw new Error('SlowDown');
    },
  });
  // Every batch is made durable.
  let now = at(72);
  const clock = { now: () => (now += 20_000), sleep: async () => {} };
  const collect = async () => {
    let rows = 0;
    const range = { days, format: 'csv', scanId: 'failed' } as const;
    const collector = collectorOf(store, at(72), { clock });
    for await (const { report } of collectRange(collector, startsFrom(sourceOf({ hour: -1 }, [])), range))
      rows += report.rows;
    return rows;
  };
  await expect(collect()).rejects.toThrow('SlowDown');
  expect(await collect()).toBe(24);
});
