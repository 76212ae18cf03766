import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aStory, type Step, StoryTrail, StoryTree } from './trail-story.js';

describe('the ledger of log files', () => {
  it('leaves every byte of the tree as it is without one, whatever is scanned, changes or is lost', async () => {
    const sums = { opened: 0, without: 0 };
    await fc.assert(
      fc.asyncProperty(aStory, async ({ files, steps }) => {
        const trail = new StoryTrail();
        for (const file of files) trail.add(file);
        const [tree, plain] = [new StoryTree(trail, true), new StoryTree(trail, false)];
        for (const step of steps) await take(step, trail, [tree, plain]);
        sums.opened += tree.opened.length;
        sums.without += plain.opened.length;
      }),
      { numRuns: Number(process.env.AQT_RUNS ?? 40) },
    );
    expect(sums.opened).toBeLessThan(sums.without * 0.8);
  }, 120_000);
});

async function take(step: Step, trail: StoryTrail, [tree, plain]: readonly [StoryTree, StoryTree]): Promise<void> {
  switch (step.step) {
    case 'add':
      return trail.add(step.file);
    case 'change':
      return trail.change(step.at, step.events);
    case 'touch':
    case 'drop':
      return trail.change(step.at, step.step);
    case 'lose': {
      const lost = tree.lose(step.at, '_work/evidence/');
      expect(plain.lose(step.at, '_work/evidence/')).toBe(lost);
      return;
    }
    case 'damage': {
      const [key, bytes] = [...tree.store.files].filter(([name]) => name.startsWith('_work/files/'))[0] ?? [];
      if (key && bytes) tree.store.files.set(key, damaged(bytes, step.at));
      return;
    }
    case 'scan': {
      const [a, b] = [await tree.scan(step), await plain.scan(step)];
      expect(a).toBe(b);
      expect(tree.told()).toEqual(plain.told());
      return;
    }
  }
}

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 + (at % 255));
  return copy;
}
