/** Chance with a seed (mulberry32). */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  pick<T>(items: readonly T[]): T;
  /** Picks by weight. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T;
  /** Log-normal with the given median. */
  lognormal(median: number, spread: number): number;
  hex(length: number): string;
  uuid(): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const hex = (length: number): string => {
    let text = '';
    while (text.length < length) {
      text += Math.floor(next() * 4_294_967_296)
        .toString(16)
        .padStart(8, '0');
    }
    return text.slice(0, length);
  };
  const at = <T>(items: readonly T[], index: number): T => {
    const item = items[index];
    if (item === undefined) throw new Error('picked from an empty list');
    return item;
  };
  return {
    next,
    hex,
    pick: (items) => at(items, Math.floor(next() * items.length)),
    weighted(items) {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0);
      for (const item of items) {
        left -= item.weight;
        if (left < 0) return item;
      }
      return at(items, items.length - 1);
    },
    lognormal(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
    uuid() {
      const text = hex(32);
      return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20, 32)}`;
    },
  };
}
