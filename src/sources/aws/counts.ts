/** Counts by name, for a source's account. */
export interface Counts {
  add(name: string, by: number): void;
  get(name: string): number;
  /** Keys sorted, so that the same work prints the same account. */
  all(): Readonly<Record<string, number>>;
}

/** Starts counting; the names given are reported even while they are zero. */
export function createCounts(names: readonly string[] = []): Counts {
  const counts = new Map<string, number>(names.map((name) => [name, 0]));
  return {
    add: (name, by) => void counts.set(name, (counts.get(name) ?? 0) + by),
    get: (name) => counts.get(name) ?? 0,
    all: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
