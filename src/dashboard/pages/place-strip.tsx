import type { ReactNode } from 'preact/compat';
import type { PlaceDayState, PlaceSpan } from '../../analytics/audit/place-days.js';
import { plural } from '../parts/format.js';

export const STATES: Readonly<Record<PlaceDayState, string>> = {
  read: 'read',
  log: 'read from log files',
  partly: 'read in part',
  lacking: 'not read',
  unasked: 'not asked for',
  missing: 'no report',
};

const DAY_MS = 86_400_000;

/** Up to here every day is a cell of its own; beyond, days in a row of one state are one. */
const MOST_CELLS = 62;

/** The days of a place from the first to the last, gaps visible at any length. */
export function PlaceStrip({
  name,
  days,
  spans,
}: {
  readonly name: string;
  readonly days: number;
  readonly spans: readonly PlaceSpan[];
}): ReactNode {
  const gaps = spans.filter(({ state }) => state !== 'read' && state !== 'log');
  const told = gaps.map((span) => `${STATES[span.state]} ${spansText([span])}`).join('; ');
  const cells = days <= MOST_CELLS ? spans.flatMap(daysOf) : spans;
  return (
    <div
      className={`strip ${days <= MOST_CELLS ? 'single' : ''}`}
      role="img"
      aria-label={`${name}: ${told === '' ? 'read on every day' : told}`}
    >
      {cells.map((cell) => (
        <i
          key={cell.from}
          className={`day ${cell.state}`}
          style={{ flexGrow: cell.days }}
          title={`${spansText([cell]).replace(/^on /, '')}: ${STATES[cell.state]}`}
        />
      ))}
    </div>
  );
}

function daysOf(span: PlaceSpan): PlaceSpan[] {
  const first = Date.parse(`${span.from}T00:00:00Z`);
  return Array.from({ length: span.days }, (_, index) => {
    const date = new Date(first + index * DAY_MS).toISOString().slice(0, 10);
    return { ...span, from: date, to: date, days: 1 };
  });
}

const SPANS_TOLD = 4;

/** `on 2026-11-03`, `2026-11-03 to 2026-11-05 (3 days)`; spans that touch are told as one, and the rest is counted. */
export function spansText(spans: readonly PlaceSpan[]): string {
  const joined: { from: string; to: string; days: number }[] = [];
  for (const { from, to, days } of spans) {
    const last = joined.at(-1);
    if (last && Date.parse(from) - Date.parse(last.to) === DAY_MS) {
      last.to = to;
      last.days += days;
    } else joined.push({ from, to, days });
  }
  const told = joined
    .slice(0, SPANS_TOLD)
    .map(({ from, to, days }) => (days === 1 ? `on ${from}` : `${from} to ${to} (${plural(days, 'day')})`));
  const rest = joined.slice(SPANS_TOLD).reduce((sum, { days }) => sum + days, 0);
  return [...told, ...(rest > 0 ? [`and ${plural(rest, 'day')} more`] : [])].join(', ');
}
