/** Time in which a reservation had a number of DPUs, half-open, epoch milliseconds; null is unknown. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly dpus: number | null;
}

/** How reservations are billed that begin on a day or later (aws-facts 6). */
interface BillingRule {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly minimumMs: number;
  readonly minimumDpus: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** In order of time. Each is billed by whole minutes. */
const RULES: readonly BillingRule[] = [
  { from: Number.NEGATIVE_INFINITY, minimumMs: 8 * HOUR_MS, minimumDpus: 24 },
  { from: Date.UTC(2023, 9, 31), minimumMs: HOUR_MS, minimumDpus: 24 },
  { from: Date.UTC(2026, 1, 10), minimumMs: MINUTE_MS, minimumDpus: 4 },
];

/**
 * DPU-hours of each UTC hour that AWS bills for, from `since` on. Time counts by whole minutes, and each DPU from its allocation for
 * the minimum of that day at least: those that were given back early go on costing. Null where a part of the hour is unknown.
 * Spans are in order of time; the last may be empty and tell what comes after.
 */
export function billedHours(
  spans: readonly Span[],
  since: number,
): { readonly hour: number; readonly dpuHours: number | null }[] {
  const from = floor(since, HOUR_MS);
  const billed = [...unknownSpans(spans), ...levelsOf(spans).flatMap((level) => heldSpans(spans, level))]
    .map(({ start, ...span }) => ({ ...span, start: Math.max(start, from) }))
    .filter(({ start, end }) => start < end);
  const edges = [...new Set(billed.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const hours = new Map<number, number | null>();
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1] ?? start;
    const covering = billed.filter((span) => span.start <= start && span.end >= end);
    if (covering.length === 0) continue;
    const isUnknown = covering.some(({ dpus }) => dpus === null);
    const dpus = Math.max(...covering.map((span) => span.dpus ?? 0));
    for (let hour = floor(start, HOUR_MS); hour < end; hour += HOUR_MS) {
      const part = (Math.min(end, hour + HOUR_MS) - Math.max(start, hour)) / HOUR_MS;
      const before = hours.has(hour) ? hours.get(hour) : 0;
      hours.set(hour, isUnknown || typeof before !== 'number' ? null : before + dpus * part);
    }
  }
  return [...hours].map(([hour, dpuHours]) => ({ hour, dpuHours })).sort((a, b) => a.hour - b.hour);
}

function unknownSpans(spans: readonly Span[]): Span[] {
  return spans
    .filter(({ dpus }) => dpus === null)
    .map(({ start, end }) => ({ start: floor(start, MINUTE_MS), end: ceil(end, MINUTE_MS), dpus: null }));
}

function levelsOf(spans: readonly Span[]): number[] {
  return [...new Set(spans.flatMap(({ dpus }) => (dpus === null || dpus === 0 ? [] : [dpus])))];
}

/** The times in which at least so many DPUs were held, as they are billed. */
function heldSpans(spans: readonly Span[], level: number): Span[] {
  const held: Span[] = [];
  let start: number | null = null;
  let end = 0;
  const close = (isGivenBack: boolean) => {
    if (start === null) return;
    const rule = RULES.findLast(({ from }) => (start ?? 0) >= from);
    const first = floor(start, MINUTE_MS);
    // Whether DPUs were given back after the last word is not known.
    const least = isGivenBack ? first + (rule?.minimumMs ?? 0) : 0;
    const dpus = Math.max(level, rule?.minimumDpus ?? 0);
    held.push({ start: first, end: Math.max(ceil(end, MINUTE_MS), least), dpus });
    start = null;
  };
  for (const span of spans) {
    if (start !== null && span.start > end) close(false);
    if (span.dpus === null || span.dpus < level) close(span.dpus !== null);
    else {
      start ??= span.start;
      end = span.end;
    }
  }
  close(false);
  return held;
}

function floor(instant: number, unit: number): number {
  return Math.floor(instant / unit) * unit;
}

function ceil(instant: number, unit: number): number {
  return Math.ceil(instant / unit) * unit;
}
