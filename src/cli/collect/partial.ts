import type { Manifest } from '../../record/manifest.js';

/** Notes what hours lack, for the end of a run that did the rest. */
export function createMissing(): {
  add(manifest: Manifest): void;
  /** Files, and days of a trail, that were not read. */
  unread(): number;
  /** One sentence an account and Region, with what failed elsewhere put behind. */
  all(others: readonly string[]): readonly string[];
} {
  const missing = new Map<string, { hours: number; failure: string }>();
  const unread = new Set<string>();
  return {
    unread: () => unread.size,
    add({ sources, notRead = [] }) {
      for (const { name } of notRead) unread.add(name);
      for (const { accountId, region, failure } of sources) {
        if (failure === undefined) continue;
        const place = [accountId, region].filter(Boolean).join(' ');
        missing.set(place, { hours: (missing.get(place)?.hours ?? 0) + 1, failure });
      }
    },
    all: (others) => [
      ...[...missing].map(([place, { hours, failure }]) => `${place}: starts of ${hours} hours: ${failure}`),
      ...others,
    ],
  };
}

/** Tells that something lies there which was not read. */
export function unreadText(count: number): string {
  return `aqt: ${count} ${count === 1 ? 'thing was' : 'things were'} not read (named above): the hours that may lack something stay open, and aqt verify names them until they are read or accepted\n`;
}

/** Tells what is missing and how to get it. */
export function partialText(failures: readonly string[]): string {
  const lines = failures.map((failure) => `aqt: not read: ${failure}`);
  return `${[...lines, 'aqt: the hours concerned stay open; mend the cause and run the same command again: it reads what is missing'].join('\n')}\n`;
}
