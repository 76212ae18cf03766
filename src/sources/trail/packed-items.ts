import type { FileRead, HandedItem } from './trail-hands.js';

/** What stands in a file as threads pass it on: few texts instead of many objects, each of which costs both sides. */
export interface PackedRead extends Omit<FileRead, 'groups' | 'bytes'> {
  readonly groups: readonly (readonly (HandedItem | LinkLines)[])[];
}

/** Lines of links that stood one behind another. */
interface LinkLines {
  readonly kind: 'link-lines';
  /** Joined by line breaks: a line of JSON has none. */
  readonly text: string;
  readonly times: readonly number[];
}

/** Packs the items of a group, in their order. */
export function packItems(items: readonly HandedItem[]): (HandedItem | LinkLines)[] {
  const packed: (HandedItem | LinkLines)[] = [];
  let texts: string[] = [];
  let times: number[] = [];
  const endLines = () => {
    if (texts.length > 0) packed.push({ kind: 'link-lines', text: texts.join('\n'), times });
    [texts, times] = [[], []];
  };
  for (const item of items) {
    if (item.kind === 'link-line') {
      texts.push(item.text);
      times.push(item.eventTime);
      continue;
    }
    endLines();
    packed.push(item);
  }
  endLines();
  return packed;
}

/** What was packed, and how much memory it takes about, in bytes. */
export function unpackRead({ groups, counts, seen }: PackedRead): FileRead {
  let bytes = 0;
  const unpacked = groups.map((group) => {
    const items: HandedItem[] = [];
    for (const item of group) {
      if (item.kind === 'link-lines') {
        const texts = item.text.split('\n');
        for (const [at, text] of texts.entries())
          items.push({ kind: 'link-line', eventTime: item.times[at] ?? Number.NaN, text });
        bytes += item.text.length + 100 * texts.length;
      } else {
        items.push(item);
        bytes += weightOf(item);
      }
    }
    return items;
  });
  return { groups: unpacked, counts, seen, bytes };
}

function weightOf(item: HandedItem): number {
  if (item.kind === 'start') return 1500 + 2 * (item.queryString?.length ?? 0);
  return item.kind === 'reject' ? 500 + item.raw.length : 1000;
}
