import type { ReportStore } from '../../src/ports/report-store.js';
import type { FaultKind } from '../../src/simulator/wire/faults.js';
import { tellCrowdedStory } from './crowded-story.js';
import type { Judgement } from './judge.js';
import { tellPlainStory } from './plain-story.js';
import type { Mischief } from './planted-faults.js';
import type { ForeignTrouble } from './trail-trouble.js';

/**
 * `plain`: one command at a time, or the same one twice, on LookupEvents of one account. `crowded`: several commands at once over
 * trails, accounts and the system table, and what each promises is asked for when it has ended, before anything can heal.
 */
export const STORIES = ['plain', 'crowded'] as const;
export type StoryName = (typeof STORIES)[number];

export interface SeedResult extends Judgement {
  readonly seed: number;
  readonly injected: Readonly<Partial<Record<FaultKind | 'crash' | 'two-runs' | Trouble, number>>>;
  /** What ended a process, by name. */
  readonly endings: Readonly<Record<string, number>>;
}

/** What goes wrong in crowded stories only. */
export type Trouble =
  | ForeignTrouble
  | ('rivals' | 'stall' | 'damaged-file' | 'tampered-trail' | 'missing-account' | 'other-zone' | 'tampered-evidence');

export interface SeedWatcher {
  /** Hears what ends a process. */
  readonly note?: (text: string) => void;
  /** Sees the tree, and that of the undisturbed run, before they are compared. */
  readonly onTrees?: (actual: ReportStore, expected: ReportStore, story: StoryName) => Promise<void>;
}

/** Plays the stories of a seed, each with a company of its own, and adds up what came of them. Equal seeds give equal stories. */
export async function simulateSeed(
  seed: number,
  {
    note = () => {},
    onTrees = async () => {},
    stories = STORIES,
    mischief = {},
  }: SeedWatcher & { readonly stories?: readonly StoryName[]; readonly mischief?: Mischief } = {},
): Promise<SeedResult> {
  let sum: SeedResult | null = null;
  for (const story of stories) {
    const told =
      story === 'plain'
        ? await tellPlainStory(seed, { note, onTrees })
        : await tellCrowdedStory(seed, { note, onTrees, mischief });
    const faults = told.faults.map((fault) => `${story}: ${fault}`);
    sum = sum === null ? { ...told, faults } : added(sum, { ...told, faults });
  }
  if (sum === null) throw new Error('a seed needs a story');
  return sum;
}

function added(a: SeedResult, b: SeedResult): SeedResult {
  const counts = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>) => {
    const sums = { ...x };
    for (const [name, count] of Object.entries(y)) sums[name] = (sums[name] ?? 0) + count;
    return sums;
  };
  return {
    seed: a.seed,
    rows: a.rows + b.rows,
    lost: a.lost + b.lost,
    doubled: a.doubled + b.doubled,
    wronglyAttributed: a.wronglyAttributed + b.wronglyAttributed,
    provable: a.provable + b.provable,
    proven: a.proven + b.proven,
    faults: [...a.faults, ...b.faults],
    injected: counts(a.injected, b.injected),
    endings: counts(a.endings, b.endings),
  };
}
