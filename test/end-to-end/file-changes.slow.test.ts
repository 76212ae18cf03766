import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileChanges } from '../../src/tree/files/file-changes.js';
import { aStory, StoryTrail, StoryTree } from './trail-story.js';

describe('what is noticed of log files', () => {
  it('is all that changed between the scans, also of runs that die and go on', async () => {
    const seen = { changed: 0, gone: 0 };
    await fc.assert(
      fc.asyncProperty(aStory, fc.array(fc.nat(40), { maxLength: 4 }), async ({ files, steps }, deaths) => {
        const trail = new StoryTrail();
        for (const one of files) trail.add(one);
        const tree = new StoryTree(trail, true, { stepMs: 20_000 });
        const expected = new Set<string>();
        let before = new Map<string, string>();
        const scan = async () => {
          tree.failsAfter = deaths.pop() ?? null;
          await tree.scan(WHOLE);
          tree.failsAfter = null;
          expect(await tree.scan(WHOLE)).toBe('done');
          const now = new Map([...trail.files].map(([key, { tag }]) => [key, tag]));
          for (const [key, tag] of before)
            if (key.includes('Z_') && now.get(key) !== tag) expected.add(`${key} ${tag} ${now.get(key) ?? 'gone'}`);
          before = now;
        };
        await scan();
        for (const step of steps) {
          if (step.step === 'add') trail.add(step.file);
          if (step.step === 'change') trail.change(step.at, step.events);
          if (step.step === 'touch' || step.step === 'drop') trail.change(step.at, step.step);
          if (step.step === 'lose') tree.lose(step.at, '_work/evidence/');
          if (step.step === 'scan') await scan();
        }
        await scan();
        const { changes, damaged } = await readFileChanges(tree.store);
        const noticed = changes.map(({ folder, date, name, was, now }) => {
          const key = `${folder.slice('s3://logs/'.length)}${date.replaceAll('-', '/')}/${name}`;
          return `${key} ${was.version} ${now?.version ?? 'gone'}`;
        });
        expect(noticed.sort()).toEqual([...expected].sort());
        expect(damaged).toEqual([]);
        for (const { now } of changes) seen[now ? 'changed' : 'gone'] += 1;
      }),
      { numRuns: Number(process.env.AQT_RUNS ?? 12) },
    );
    expect(Math.min(seen.changed, seen.gone)).toBeGreaterThan(0);
  }, 120_000);
});

const WHOLE = { step: 'scan', from: 0, days: 5, keeps: [true, true, true, true, true] } as const;
