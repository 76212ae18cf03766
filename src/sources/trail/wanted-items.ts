import type { Window } from '../../calendar/window.js';
import type { LinkLine } from '../../cloudtrail/link-line.js';
import { mayConcern } from '../../cloudtrail/not-read.js';
import type { Counts } from '../aws/counts.js';
import type { LogItem } from './log-items.js';
import type { RevealedCredentials } from './revealing-events.js';
import type { HandedItem } from './trail-hands.js';

/** What of all that files hold a scan wants, and what it has taken so far. */
export interface Scope {
  readonly window: Window;
  readonly linkWindow: Window;
  readonly counts: Counts;
  readonly names: ReadonlySet<string>;
  readonly revealed: RevealedCredentials;
}

/** Tells whether a scan keeps an item, and counts it. What changed a trail is no evidence: it is looked at on its way. */
export function isWanted(item: HandedItem, scope: Scope): boolean {
  const { window, linkWindow, counts, names, revealed } = scope;
  if (item.kind === 'trail-change') return false;
  if (item.kind === 'not-read') return mayConcern(item, window);
  if (item.kind === 'start') counts.add('starts', 1);
  const { start, end } = isLink(item) ? linkWindow : window;
  const isInside = item.eventTime === null || (start <= item.eventTime && item.eventTime < end);
  if (isLink(item)) {
    // Each file was read by itself: of a credential that an earlier one tells of, nothing new is told. One that is left out tells nothing.
    if (item.kind === 'link' && !names.has(item.eventName) && !(isInside && revealed.takes(item))) return false;
    counts.add('links', 1);
  }
  if (isInside) return true;
  counts.add('outsideWindow', 1);
  return false;
}

function isLink(item: HandedItem): item is Extract<LogItem, { kind: 'link' }> | LinkLine {
  return item.kind === 'link' || item.kind === 'link-line';
}
