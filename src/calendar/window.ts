/** A half-open span of time `[start, end)`, epoch milliseconds UTC. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** Tells whether an instant lies in a window. */
export function contains(window: Window, instant: number): boolean {
  return window.start <= instant && instant < window.end;
}

/** Joins windows that touch or overlap; the result is sorted and disjoint. */
export function unionOf(windows: readonly Window[]): Window[] {
  const union: { start: number; end: number }[] = [];
  for (const { start, end } of [...windows].sort((a, b) => a.start - b.start)) {
    if (start >= end) continue;
    const last = union.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else union.push({ start, end });
  }
  return union;
}

/** Tells whether a union (sorted and disjoint, as `unionOf` returns it) covers a window completely. */
export function covers(union: readonly Window[], window: Window): boolean {
  return union.some((part) => part.start <= window.start && window.end <= part.end);
}

/** What of a window is not covered by a union (sorted and disjoint). */
export function gapsIn(window: Window, union: readonly Window[]): Window[] {
  const gaps: Window[] = [];
  let start = window.start;
  for (const part of union) {
    if (part.end <= start || part.start >= window.end) continue;
    if (part.start > start) gaps.push({ start, end: part.start });
    start = Math.max(start, part.end);
  }
  if (start < window.end) gaps.push({ start, end: window.end });
  return gaps;
}
