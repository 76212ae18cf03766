import type { FileRead, HandedItem } from './trail-hands.js';

/** What stands in a file as threads pass it on: few texts instead of many objects, each of which costs both sides. */
export interface PackedRead extends Omit<FileRead, 'groups'> {
  readonly groups: readonly (readonly (HandedItem | LinkLines)[])[];
}

/** Lines of links that stood one behind another. */
interface LinkLines {
  readonly kind: 'link-lines';
  /** Joined by line breaks: a line of JSON has none. */
  readonly text: string;
  readonly times: readonly number[];
}

/** Packs what was read, in its order. */
export function packRead({ groups, ...rest }: FileRead): PackedRead {
  return { ...rest, groups: Array.from(groups, packItems) };
}

function packItems(items: readonly HandedItem[]): (HandedItem | LinkLines)[] {
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

/** What was packed; it is unpacked as it is taken, once, for until then it takes less memory. */
export function unpackRead({ groups, ...rest }: PackedRead): FileRead {
  return { ...rest, groups: unpackGroups(groups) };
}

function* unpackGroups(groups: PackedRead['groups']): Generator<readonly HandedItem[]> {
  for (const group of groups) {
    const items: HandedItem[] = [];
    for (const item of group) {
      if (item.kind === 'link-lines') {
        const texts = item.text.split('\n');
        for (const [at, text] of texts.entries())
          items.push({ kind: 'link-line', eventTime: item.times[at] ?? Number.NaN, text });
      } else items.push(item);
    }
    yield items;
  }
}
