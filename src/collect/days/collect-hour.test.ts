import { describe, expect, it } from 'vitest';
import { reportDay } from '../../calendar/report-day.js';
import type { StartSource } from '../../ports/start-source.js';
import { startOf } from '../../record/evidence.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { verify } from '../../verify/verify.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectHour } from './collect-hour.js';

const day = reportDay('2026-11-02', 'America/New_York');
const hour = firstHour();

/** Collects the first hour by itself, as often as it is called; what is visible can be added to. */
function started(hooks: Parameters<typeof createMemoryStore>[0] = {}) {
  const store = createMemoryStore(hooks);
  const visible = [startOf({ eventId: 'e1', queryExecutionId: 'q1', eventTime: hour.window.start })];
  const source: StartSource = {
    async *scan(window) {
      yield { items: [...visible], covered: [window], cursor: null };
    },
    account: () => ({ kind: 'lookup-events', accountId: null, region: 'us-east-1', counts: {} }),
  };
  const now = day.window.end + 86_400_000;
  const collect = () =>
    collectHour(collectorOf(store, now), startsFrom(source), { day, hour, format: 'csv', isScanned: false });
  return { store, visible, collect };
}

describe('an hour that is collected by itself', () => {
  it('is sealed, and leaves nothing of its scan', async () => {
    const { store, collect } = started();
    expect((await collect()).report.rows).toBe(1);
    expect([...store.files.keys()].filter((key) => key.startsWith('_work/scan/'))).toEqual([]);
    const faults: string[] = [];
    for await (const checked of verify({ store, from: null, to: null, codec: REPORT_CODEC }))
      faults.push(...checked.faults);
    expect(faults).toEqual([]);
  });

  it('is read again when it is asked for again', async () => {
    const { visible, collect } = started();
    await collect();
    visible.push(startOf({ eventId: 'e2', queryExecutionId: 'q2', eventTime: hour.window.end - 1000 }));
    expect((await collect()).report.rows).toBe(2);
  });

  it('is read again after a run that died before it removed its scan', async () => {
    let isDying = true;
    const { visible, collect } = started({
      beforeRemove() {
        if (isDying) throw new Error('the process died');
      },
    });
    await expect(collect()).rejects.toThrow('the process died');
    isDying = false;
    visible.push(startOf({ eventId: 'e2', queryExecutionId: 'q2', eventTime: hour.window.end - 1000 }));
    expect((await collect()).report.rows).toBe(2);
  });
});

function firstHour() {
  const [first] = day.hours;
  if (!first) throw new Error('a day has hours');
  return first;
}
