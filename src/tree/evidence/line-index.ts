import type { LinkName } from '../../identity/chain/link-names.js';

/** Tells in which lines of a part a name stands: eight bytes for each name of a line, so some tens for a link. */
export interface LineIndex {
  /** Takes the next line's names. Lines are counted from 0. */
  add(line: number, names: readonly LinkName[]): void;
  /** Ends the taking; before it nothing is found. */
  close(): void;
  /** Adds the lines in which a name stands. */
  findIn(name: LinkName, lines: Set<number>): void;
  /** In how many lines a name stands. */
  count(name: LinkName): number;
}

/** Lines of a page: name and line fit into the 53 bits of an exact number. */
const PAGE_LINES = 2 ** 20;

export function createLineIndex(): LineIndex {
  const pages: Float64Array[] = [];
  let entries = new Float64Array(1024);
  let used = 0;
  let page = 0;

  function closePage(): void {
    // A copy of the size needed; sorted it has each name's lines side by side.
    pages[page] = entries.slice(0, used).sort();
    used = 0;
  }

  return {
    add(line, names) {
      const at = Math.floor(line / PAGE_LINES);
      if (at > page) {
        closePage();
        page = at;
      }
      for (const name of names) {
        if (used === entries.length) {
          const grown = new Float64Array(2 * used);
          grown.set(entries);
          entries = grown;
        }
        entries[used++] = name * PAGE_LINES + (line % PAGE_LINES);
      }
    },
    close() {
      closePage();
      entries = new Float64Array(0);
    },
    findIn(name, lines) {
      for (const [number, sorted] of pages.entries()) {
        if (!sorted) continue;
        for (let at = firstOf(sorted, name); at < sorted.length; at++) {
          const entry = sorted[at] ?? 0;
          if (entry >= (name + 1) * PAGE_LINES) break;
          lines.add(number * PAGE_LINES + (entry % PAGE_LINES));
        }
      }
    },
    count(name) {
      let count = 0;
      for (const sorted of pages) {
        if (sorted) count += firstOf(sorted, name + 1) - firstOf(sorted, name);
      }
      return count;
    },
  };
}

/** Where the entries of a name begin. */
function firstOf(sorted: Float64Array, name: LinkName): number {
  const least = name * PAGE_LINES;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
