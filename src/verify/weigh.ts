import { closingFacts, type RepeatedRows } from '../findings/facts.js';
import { findingsOf } from '../findings/find.js';
import { type Acceptance, acceptanceKey, type Finding, findingOf } from '../findings/finding.js';
import type { CheckedHour, CheckedTree, TreeFault } from './checked.js';

/** A fault of a tree, with where it lies. */
export type PlacedFault = TreeFault & { readonly tree: string };

/** A finding, with where it lies and whether somebody accepted it. */
export interface PlacedFinding extends Finding {
  readonly tree: string;
  readonly accepted: Acceptance | null;
}

/** A tree and its hours, in order. */
export interface ExaminedTree extends CheckedTree {
  readonly hours: readonly CheckedHour[];
  /** Rows that repeat those of other hours. */
  readonly repeated: readonly RepeatedRows[];
}

/** Separates what is unexplained from what is found, and tells what of it was accepted. */
export function weigh(
  examined: ExaminedTree,
  accepted: ReadonlyMap<string, Acceptance>,
): { readonly faults: PlacedFault[]; readonly findings: PlacedFinding[] } {
  const { tree, faults } = examined;
  const placed = (finding: Finding) => ({ ...finding, tree, accepted: accepted.get(finding.key) ?? null });
  const isAccepted = (fault: TreeFault) =>
    fault.remedy === 'accept' && accepted.has(acceptanceKey('seals', { fault: fault.text }));
  return {
    faults: faults.filter((fault) => !isAccepted(fault)).map((fault) => ({ ...fault, tree })),
    findings: [
      ...foundIn(examined),
      ...faults.filter(isAccepted).map(({ text }) => findingOf('seals', { fault: text })),
    ].map(placed),
  };
}

/** Keys of all that may be accepted: findings, and a chain of seals that no command can mend. */
export function acceptableKeys(examined: ExaminedTree): string[] {
  const broken = examined.faults.filter(({ remedy }) => remedy === 'accept');
  return [
    ...foundIn(examined).map(({ key }) => key),
    ...broken.map(({ text }) => acceptanceKey('seals', { fault: text })),
  ];
}

function foundIn({
  hours,
  closings,
  repeated,
  missing,
  untold,
  rewritten,
  daily,
  fileChanges,
  isCopy,
}: ExaminedTree): Finding[] {
  return findingsOf({
    hours: hours.flatMap(({ facts }) => facts ?? []),
    closings: isCopy ? null : closings.map(closingFacts),
    ...{ repeated, missing, untold, rewritten, daily, fileChanges, isCopy },
  });
}
