import type { HourLabel } from '../../calendar/hour-label.js';
import type { ReportStore } from '../../ports/report-store.js';
import { workKey } from '../../tree/layout.js';
import { readDocument, type TreeDocument } from '../../tree/update.js';
import type { HandedHour } from './export-rows.js';

/** What a feed of a tree was handed, kept with the tree. Losing it costs that everything is handed over again. */
export interface FeedMemory {
  /** By the folder of each hour: the seal's sha256 of its manifest when the hour was last handed over. */
  readonly seen: Map<string, string>;
  handed(label: HourLabel): Promise<HandedHour | null>;
  add(label: HourLabel, handed: HandedHour): Promise<void>;
  /** Keeps what was seen. Until then hours are only looked at again: nothing is sent twice. */
  keepSeen(): Promise<void>;
}

/**
 * Opens the memory of a feed. `what` says where it goes and how: what was handed over elsewhere, or in another way, does not count. One
 * run at a time has it (the lease of the feeds).
 */
export async function openFeedMemory(store: ReportStore, name: string, what: string): Promise<FeedMemory> {
  const key = workKey.feed(name);
  const seen = new Map((await readDocument(store, documentOf(key, what, isPairs))) ?? []);
  const write = async (to: string, value: unknown) => {
    await store.write(to, Buffer.from(`${JSON.stringify({ schema: 1, what, value })}\n`), 'any');
  };
  return {
    seen,
    handed: (label) => readDocument(store, documentOf(workKey.feedHour(name, label), what, isHanded)),
    add: (label, handed) => write(workKey.feedHour(name, label), handed),
    keepSeen: () => write(key, [...seen]),
  };
}

function documentOf<T>(key: string, what: string, is: (value: unknown) => value is T): TreeDocument<T | null> {
  return {
    key,
    absent: null,
    parse: (document) => {
      const kept = document as { schema?: unknown; what?: unknown; value?: unknown } | null;
      return kept?.schema === 1 && kept.what === what && is(kept.value) ? kept.value : null;
    },
    whenDamaged: 'absent',
  };
}

function isPairs(value: unknown): value is readonly (readonly [string, string])[] {
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.every((text) => typeof text === 'string');
  return Array.isArray(value) && value.every(isPair);
}

function isHanded(value: unknown): value is HandedHour {
  const handed = value as Partial<HandedHour> | null;
  return typeof handed?.report === 'string' && Array.isArray(handed.rows);
}
