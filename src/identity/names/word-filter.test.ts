import { describe, expect, it } from 'vitest';
import { filterOf, mayHold } from './word-filter.js';

const words = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at.toString(36)}`);

describe('a filter of words', () => {
  const filter = filterOf(new Set(words('held', 2000)));

  it('finds every word that was put in', () => {
    expect(words('held', 2000).filter((word) => !mayHold(filter, word))).toEqual([]);
  });

  it('finds of others at most one in fifty', () => {
    expect(words('other', 10_000).filter((word) => mayHold(filter, word)).length).toBeLessThan(200);
  });

  it('takes ten bits a word', () => expect(filter.length).toBe(Math.ceil((2000 * 10) / 6)));
});
