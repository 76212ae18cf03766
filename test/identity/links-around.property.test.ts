import { describe, it } from 'vitest';
import { expectSameAsAll, expectSameQuestions } from './link-judge.js';

const RUNS = 100;

describe('links found from what is asked about', () => {
  it('answer for every start as all links do, where little hangs together', () =>
    expectSameAsAll({ ids: 60, lines: 40 }, RUNS));
  it('and where everything claims everything', () => expectSameAsAll({ ids: 6, lines: 30 }, RUNS));
  it('leave the same keys unknown', () => expectSameQuestions({ ids: 40, lines: 40 }, RUNS));
});
