import { describe, expect, it } from 'vitest';
import { begin, createClaims, free, takeBack } from './task-claims.js';

describe('claims', () => {
  it('give a task to whoever comes first, once', () => {
    const claims = createClaims(2);
    expect([begin(claims, 0), takeBack(claims, 0), begin(claims, 0)]).toEqual([true, false, false]);
    expect([takeBack(claims, 1), begin(claims, 1), takeBack(claims, 1)]).toEqual([true, false, false]);
    free(claims, 0);
    expect([takeBack(claims, 0), begin(claims, 1)]).toEqual([true, false]);
  });
});
