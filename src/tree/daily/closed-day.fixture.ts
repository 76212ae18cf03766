import { reportDays } from '../../calendar/report-day.js';
import { contains } from '../../calendar/window.js';
import { collectorOf, startsFrom } from '../../collect/collector.fixture.js';
import { collectRange } from '../../collect/days/collect-range.js';
import type { StartSource } from '../../ports/start-source.js';
import { startOf } from '../../record/evidence.fixture.js';
import type { ReportFormat } from '../../record/manifest.js';
import { decodeReport, REPORT_CODEC } from '../../storage/report-codec.js';
import { dailyKey } from '../layout.js';
import { createMemoryStore } from '../memory-store.fixture.js';
import { compactDay } from './compact-day.js';
import type { DailyNote } from './daily-note.js';

export const DATE = '2026-09-02';
const START = Date.UTC(2026, 8, 2);
const HOUR = 3_600_000;
export const [ROWS, SUMS, NOTE] = [dailyKey.rows(DATE), dailyKey.sums(DATE), dailyKey.note(DATE)];

const sourceOf = (hours: readonly number[]): StartSource => ({
  async *scan(window) {
    const starts = hours.map((hour) =>
      startOf({ eventId: `e${hour}`, queryExecutionId: `q${hour}`, eventTime: START + hour * HOUR + 60_000 }),
    );
    yield { items: starts.filter(({ eventTime }) => contains(window, eventTime)), covered: [window], cursor: null };
  },
  account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
});

/** A day that was closed two days later: its hours are open. `hooks` may play crashes and other runs. */
export async function closedDay(format: ReportFormat = 'csv', hooks: { beforeWrite?: (key: string) => void } = {}) {
  const store = createMemoryStore({ beforeWrite: (key) => hooks.beforeWrite?.(key) });
  const collect = async (hours: readonly number[], scanId: string) => {
    const days = reportDays({ from: DATE, to: DATE, timezone: 'UTC' });
    const collector = collectorOf(store, START + 72 * HOUR);
    for await (const _ of collectRange(collector, startsFrom(sourceOf(hours)), { days, format, scanId }));
  };
  await collect([1, 7, 23], 'a');
  const reader = { store, codec: REPORT_CODEC };
  const compact = (isProving = false) => compactDay(reader, DATE, { isProving });
  const noted = () => JSON.parse(Buffer.from(store.files.get(NOTE) ?? '').toString('utf8')) as DailyNote;
  const ids = async () => {
    const found: (string | null)[] = [];
    const bytes = store.files.get(ROWS) ?? new Uint8Array();
    for await (const row of decodeReport('parquet', piece(bytes))) found.push(row.query_execution_id);
    return found;
  };
  return { store, compact, collect, noted, ids };
}

async function* piece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
