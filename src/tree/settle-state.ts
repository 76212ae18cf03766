import type { ReportStore } from '../ports/report-store.js';

/** What settling remembers between runs, in `_work/settle.json`. Losing it costs time, never truth. Epoch milliseconds. */
export interface SettleState {
  readonly schema: 1;
  /** When open hours were last visited to the end; null never. */
  readonly settledAt: number | null;
  /** When the days of the last 31 days were last read again for late events; null never. */
  readonly deepScanAt: number | null;
  /** Report date of the oldest hour left open then; null when none was. */
  readonly openSince: string | null;
  /** Report date of the oldest hour that lacked an account or a Region then; null when none did. */
  readonly missingSince: string | null;
}

const KEY = '_work/settle.json';
const NOTHING: SettleState = { schema: 1, settledAt: null, deepScanAt: null, openSince: null, missingSince: null };

/** Reads what the last settling left; a file that cannot be read is as good as none. */
export async function readSettleState(store: ReportStore): Promise<SettleState> {
  const stored = await store.read(KEY);
  if (!stored) return NOTHING;
  try {
    const state = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Partial<SettleState> | null;
    if (state?.schema !== 1) return NOTHING;
    return {
      schema: 1,
      settledAt: instantOf(state.settledAt),
      deepScanAt: instantOf(state.deepScanAt),
      openSince: dateOf(state.openSince),
      missingSince: dateOf(state.missingSince),
    };
  } catch {
    return NOTHING; // Everything is looked at again then.
  }
}

function instantOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) <= MAX_DATE_MS ? value : null;
}

function dateOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
}

/** The last instant that a date can hold. */
const MAX_DATE_MS = 8.64e15;

/** Remembers; when two runs write at once the last one's word is true as well. */
export async function writeSettleState(store: ReportStore, news: Partial<SettleState>): Promise<void> {
  const state = { ...(await readSettleState(store)), ...news };
  await store.write(KEY, Buffer.from(`${JSON.stringify(state, null, 2)}\n`), 'any');
}
