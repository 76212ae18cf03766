import { describe, it } from 'vitest';
import { expectSameAsAll, expectSameQuestions } from './link-judge.js';

describe('links found from what is asked about', () => {
  it('answer for every start as all links do, where little hangs together', () =>
    expectSameAsAll({ ids: 60, lines: 40 }, 150));
  it('and where everything claims everything', () => expectSameAsAll({ ids: 6, lines: 30 }, 150));
  it('leave the same keys unknown', () => expectSameQuestions({ ids: 40, lines: 40 }, 100));
});
