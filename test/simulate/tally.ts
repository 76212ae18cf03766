import type { SeedResult } from './simulate-seed.js';

const COUNTS = ['rows', 'lost', 'doubled', 'wronglyAttributed', 'provable', 'proven'] as const;

export interface Tally {
  add(result: SeedResult): void;
  sum(): Readonly<Record<(typeof COUNTS)[number], number>> & {
    readonly seeds: number;
    readonly failed: readonly number[];
  };
  /** The summary, for people. */
  text(seconds: number): string;
}

/** Adds up the results of seeds, in whatever order they come. */
export function createTally(): Tally {
  const sums = { rows: 0, lost: 0, doubled: 0, wronglyAttributed: 0, provable: 0, proven: 0 };
  const faults: Record<string, number> = {};
  const endings: Record<string, number> = {};
  const seeds: number[] = [];
  const failed: number[] = [];
  return {
    add(result) {
      seeds.push(result.seed);
      if (result.faults.length > 0) failed.push(result.seed);
      for (const name of COUNTS) sums[name] += result[name];
      for (const [name, count] of Object.entries(result.injected)) faults[name] = (faults[name] ?? 0) + (count ?? 0);
      for (const [name, count] of Object.entries(result.endings)) endings[name] = (endings[name] ?? 0) + count;
    },
    sum: () => ({ ...sums, seeds: seeds.length, failed }),
    text(seconds) {
      failed.sort((a, b) => a - b);
      const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
      return (
        `seeds ${least} to ${most}: ${seeds.length} in ${seconds.toFixed(0)} s (${(seeds.length / seconds).toFixed(2)} a second)\n` +
        `faults injected: ${totalOf(faults)}\n${listOf(faults)}` +
        `processes that ended early: ${totalOf(endings)}\n${listOf(endings)}` +
        `rows ${sums.rows}, lost ${sums.lost}, doubled ${sums.doubled}, wrongly attributed ${sums.wronglyAttributed}\n` +
        `people that AWS could prove ${sums.provable}, proven ${sums.proven}\n` +
        `failed seeds ${failed.length}${failed.length > 0 ? `: ${failed.slice(0, 100).join(' ')}` : ''}\n`
      );
    },
  };
}

function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `  ${name.padEnd(26)}${String(count).padStart(9)}\n`)
    .join('');
}
