import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { personOf, roleOf } from '../../src/identity/directory/directory.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';

it('the directory printed in docs/identity.md is one', () => {
  const guide = readFileSync(new URL('../../docs/identity.md', import.meta.url), 'utf8');
  const directory = parseDirectory(/```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '');
  expect(personOf(directory, ['metabase:5'])?.id).toBe('ana@acorn.example');
  expect(roleOf(directory, 'arn:aws:iam::111122223333:role/metabase-task')?.tool).toBe('metabase');
});
