import { lineOfLink } from '../../cloudtrail/link-line.js';
import { createCounts } from '../aws/counts.js';
import type { LogItem } from './log-items.js';
import { readTrailFile, type TrailHand } from './read-trail-file.js';
import type { FileRead, FileTask, HandedItem } from './trail-hands.js';

/** So many items are passed on whole. A file of more is left to the loop, which passes them on in pieces. */
const MOST_ITEMS = 100_000;

/**
 * Reads a file before its turn. Null when it cannot be opened, for whoever is at its turn meets that again and tells it, or holds
 * more than is passed on.
 */
export async function readTask(
  { content, ...file }: FileTask,
  hand: Omit<TrailHand, 'counts'>,
): Promise<FileRead | null> {
  const bytes = typeof content === 'string' ? hand.desk.bytesAt(content) : content;
  if (bytes === null) return null;
  const counts = createCounts();
  const groups: HandedItem[][] = [];
  const open = async function* () {
    yield bytes;
  };
  let [held, weight] = [0, 0];
  for await (const items of readTrailFile({ ...file, open }, { ...hand, counts })) {
    held += items.length;
    if (held > MOST_ITEMS) return null;
    const group = items.map((item) => handed(item, hand.reading.names));
    for (const item of group) weight += weightOf(item);
    groups.push(group);
  }
  return { groups, counts: counts.all(), seen: hand.evidence.known(), bytes: weight };
}

function handed(item: LogItem, names: ReadonlySet<string>): HandedItem {
  if (item.kind === 'link' && names.has(item.eventName))
    return { kind: 'link-line', eventTime: item.eventTime, text: lineOfLink(item) };
  return item;
}

/** The memory that it takes while it waits, about, in bytes. */
function weightOf(item: HandedItem): number {
  switch (item.kind) {
    case 'link-line':
      return 100 + item.text.length;
    case 'start':
      return 1500 + 2 * (item.queryString?.length ?? 0);
    case 'reject':
      return 500 + item.raw.length;
    default:
      return 1000;
  }
}
