import type { Resolution } from '../resolve/resolution.js';
import { vouchedBy } from '../resolve/vouching.js';

/**
 * Prints how a person was found as the lines of a small tree: the person, who vouches for that, then each event from the first hop to the query,
 * a conflict, and what is missing. Times are ISO 8601 UTC.
 */
export function chainTree(resolution: Resolution): readonly string[] {
  const { person, kind, method, confidence, evidence, conflict, unresolvedReason, chain } = resolution;
  const lines = [person === null ? `nobody was found (${method})` : `${person} (${kind}, ${method}, ${confidence})`];
  lines.push(vouchedBy(resolution));
  for (const [depth, { eventId, eventTime, eventName, issued, proves }] of chain.entries()) {
    const indent = '   '.repeat(depth);
    lines.push(`${indent}└─ ${new Date(eventTime).toISOString()} ${eventName ?? 'event'} ${eventId}`);
    lines.push(`${indent}   ${proves}`);
    if (issued !== null) lines.push(`${indent}   → ${issued}`);
  }
  const further = evidence.filter((id) => !chain.some(({ eventId }) => id === `event:${eventId}`));
  if (further.length > 0) lines.push(`also: ${further.join(', ')}`);
  if (conflict) lines.push(`conflict: ${conflict.person} (${conflict.method}): ${conflict.reason}`);
  if (unresolvedReason !== null) lines.push(`missing: ${unresolvedReason}`);
  return lines;
}
