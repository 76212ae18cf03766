/** Letters of a hash in a key. */
export const HASH_SHOWN = 16;
/** Ids shown of a finding; the rest is counted. */
const IDS_SHOWN = 5;

/** The first of some names; that there are more, where there are. */
export function shown(ids: readonly string[], count: number, between = ', '): string {
  const first = ids.slice(0, IDS_SHOWN);
  return `${first.join(between)}${count > first.length ? `${between}…` : ''}`;
}

/** `1 hour`, `2 hours`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Of epoch milliseconds. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}
