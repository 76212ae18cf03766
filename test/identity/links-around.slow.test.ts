import { describe, it } from 'vitest';
import { expectSameAsAll, expectSameQuestions } from './link-judge.js';

describe('links found from what is asked about, in thousands of worlds', () => {
  it(
    'answer for every start as all links do, where little hangs together',
    () => expectSameAsAll({ ids: 60, lines: 40 }, 2000),
    600_000,
  );
  it('and where everything claims everything', () => expectSameAsAll({ ids: 6, lines: 30 }, 2000), 600_000);
  it('leave the same keys unknown', () => expectSameQuestions({ ids: 40, lines: 40 }, 1500), 600_000);
});
