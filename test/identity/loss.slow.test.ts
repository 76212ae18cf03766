import { it } from 'vitest';
import { expectTruthUnderLoss } from './loss-worlds.js';

it('twenty thousand worlds verify nobody but who it was, whatever is lost', () => {
  expectTruthUnderLoss(20_000);
});
