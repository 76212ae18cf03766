import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** What settling remembers between runs. Losing it costs time, never truth. Epoch milliseconds. */
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

/** Where it cannot be read, everything is looked at again. */
const SETTLE_STATE: TreeDocument<SettleState> = {
  key: workKey.settleState,
  absent: { schema: 1, settledAt: null, deepScanAt: null, openSince: null, missingSince: null },
  parse: (value) => {
    const state = value as Partial<SettleState> | null;
    if (state?.schema !== 1) return null;
    return {
      schema: 1,
      settledAt: instantOf(state.settledAt),
      deepScanAt: instantOf(state.deepScanAt),
      openSince: dateOf(state.openSince),
      missingSince: dateOf(state.missingSince),
    };
  },
  whenDamaged: 'absent',
};

/** Reads what the last settling left. */
export async function readSettleState(store: ReportStore): Promise<SettleState> {
  return readDocument(store, SETTLE_STATE);
}

/** Remembers; when two runs write at once the last one's word is true as well. */
export async function writeSettleState(store: ReportStore, news: Partial<SettleState>): Promise<void> {
  await updateDocument(store, SETTLE_STATE, (state) => ({ ...state, ...news }));
}

function instantOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) <= MAX_DATE_MS ? value : null;
}

function dateOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
}

/** The last instant that a date can hold. */
const MAX_DATE_MS = 8.64e15;
