import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../source-tree.js';

it('the checklist for a real account names checks that the doctor has, and all of them', () => {
  const page = readFileSync(join(ROOT, 'docs/real-account-checklist.md'), 'utf8');
  const named = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => [...(line.split('|').at(-2) ?? '').matchAll(/`([a-z-]+)`/g)].map(([, check]) => check));
  const sources = [
    join(ROOT, 'src/cli/operate/doctor.ts'),
    ...['src/operate', 'src/operate/doctor'].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((file) => /^check-[a-z-]+\.ts$/.test(file))
        .map((file) => join(ROOT, folder, file)),
    ),
  ].map((file) => readFileSync(file, 'utf8'));
  const checks = sources.flatMap((text) =>
    [...text.matchAll(/(?:const check = |(?:pass|warn|fail|skip)\(\s*)'([a-z-]+)'/g)].map(([, check]) => check),
  );
  const unproven = ['range'];
  expect(new Set(named)).toEqual(new Set(checks.filter((check) => !unproven.includes(check ?? ''))));
});
