import type { CheckedTree, DayFiles } from '../../verify/checked.js';

/** Days that are told by themselves. */
const DAYS_SHOWN = 10;

/** Tells how many log files of the days of delivery were read: of all days in a line, and each that lacks some. */
export function fileLines(trees: readonly Pick<CheckedTree, 'tree' | 'files'>[]): string {
  const lines = trees.flatMap(({ tree, files }) => {
    const [first] = files;
    if (!first) return [];
    const sum = (count: (day: DayFiles) => number) => files.reduce((total, day) => total + count(day), 0);
    const dates = files.map(({ date }) => date).sort();
    const span = `delivered from ${dates[0]} to ${dates.at(-1)}`;
    const lacking = files.filter(({ listed, read, proven }) => read < listed || proven < listed);
    const shown = lacking.slice(0, DAYS_SHOWN).map((day) => `  ${tree}${dayText(day)}`);
    return [
      `${tree}${counted(sum(({ read }) => read))} of ${counted(sum(({ listed }) => listed))} log files ${span} were read; the ledger names ${counted(sum(({ proven, listed }) => Math.min(proven, listed)))} of them, and what they held is there`,
      ...shown,
      ...(lacking.length > DAYS_SHOWN ? [`  … and ${lacking.length - DAYS_SHOWN} days more (see --json)`] : []),
    ];
  });
  return lines.length > 0 ? `${lines.join('\n')}\n\n` : '';
}

function dayText({ place, date, listed, read, proven, listedAt }: DayFiles): string {
  return `${date}: ${counted(read)} of ${counted(listed)} at ${place} were read, as listed ${listedAt}; the ledger names ${counted(proven)}`;
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}
