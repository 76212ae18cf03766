import type { ReportStore } from './ports.js';

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
    return state?.schema === 1 ? { ...NOTHING, ...state } : NOTHING;
  } catch {
    return NOTHING; // Everything is looked at again then.
  }
}

/** Remembers; when two runs write at once the last one's word is true as well. */
export async function writeSettleState(store: ReportStore, news: Partial<SettleState>): Promise<void> {
  const state = { ...(await readSettleState(store)), ...news };
  await store.write(KEY, Buffer.from(`${JSON.stringify(state, null, 2)}\n`), 'any');
}
