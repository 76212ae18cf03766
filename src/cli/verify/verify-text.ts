import type { HourLabel } from '../../calendar/hour-label.js';
import type { NextStep } from '../../findings/kinds.js';
import type { CheckedHour, Remedy } from '../../verify/checked.js';
import type { PlacedFault, PlacedFinding } from '../../verify/weigh.js';

/** Tells the faults; the same fault of hours that follow each other is told once. */
export function faultLines(checkedHours: readonly CheckedHour[]): string[] {
  return groupedLines(
    checkedHours.flatMap(({ tree, reportDate, hour, faults }) =>
      faults.map((text) => ({ tree, text, label: { reportDate, hour } })),
    ),
  );
}

/** Tells sentences with their hours; those of a whole tree as they are. */
function groupedLines(
  told: readonly { readonly tree: string; readonly text: string; readonly label: HourLabel | null }[],
): string[] {
  const groups = new Map<string, { place: string; from: number; to: number; text: string }[]>();
  for (const { tree, text, label } of told) {
    const place = `${tree}${label?.reportDate ?? ''}`;
    const hour = label?.hour ?? -1;
    const group = groups.get(`${place} ${text}`) ?? [];
    groups.set(`${place} ${text}`, group);
    const last = group.at(-1);
    if (last && last.to === hour - 1) last.to = hour;
    else group.push({ place, from: hour, to: hour, text });
  }
  return [...groups.values()].flat().map(({ place, from, to, text }) => {
    if (from < 0) return `${place}${text}`;
    return `${place} ${from === to ? `${pad(from)}h` : `${pad(from)}h to ${pad(to)}h`}: ${text}`;
  });
}

/** Tells what to do about faults and findings, a line each. */
export function nextSteps(
  output: string,
  found: {
    readonly checkedHours: readonly CheckedHour[];
    readonly treeFaults: readonly PlacedFault[];
    readonly findings: readonly PlacedFinding[];
  },
): string[] {
  const { checkedHours, treeFaults, findings } = found;
  const remedies = new Set<Remedy>([
    ...checkedHours.flatMap(({ remedies }) => remedies),
    ...treeFaults.map(({ remedy }) => remedy),
  ]);
  const wants = (next: NextStep) => findings.some((finding) => finding.next === next);
  const dates = [
    ...checkedHours.filter(({ remedies }) => remedies.includes('collect')).map(({ reportDate }) => reportDate),
    ...findings.flatMap(({ next, days }) => (next === 'collect' && days ? [days.from, days.to] : [])),
  ].sort();
  const isGone =
    remedies.has('collect') || findings.some(({ kind }) => kind === 'evidence-gone' || kind === 'file-gone');
  const range = `--from ${dates[0] ?? '<date>'} --to ${dates.at(-1) ?? '<date>'}`;
  return [
    ...(remedies.has('mend')
      ? [`Damaged or gone, and the evidence is kept: aqt settle ${output} --mend writes it anew.`]
      : []),
    ...(isGone
      ? [
          `Never collected, or its evidence is gone: put _work/evidence/ back from a backup, or aqt collect ${range} --output ${output} (with the sources of the first time).`,
        ]
      : []),
    ...(!isGone && wants('collect')
      ? [
          `What was not read is read, once it can be, by aqt collect ${range} --output ${output} (with the sources of the first time).`,
        ]
      : []),
    ...(remedies.has('restore')
      ? [
          'Changed after it was sealed or named: put the file back from a backup. Without one, remove it and collect its days again.',
        ]
      : []),
    ...(remedies.has('remove')
      ? ['Files that do not belong are yours to look at and remove: no command removes what it did not write.']
      : []),
    ...(wants('compact')
      ? [`Files of whole days that are old or damaged: aqt compact ${output} makes them anew from their reports.`]
      : []),
    ...(wants('settle') ? [`Events may still come late: aqt settle ${output} looks for them.`] : []),
    ...(remedies.has('accept')
      ? [
          'Nothing can mend a chain of seals: restore _work/seals/ from a backup, or compare a head kept elsewhere (--head).',
        ]
      : []),
    ...(findings.length > 0 || remedies.has('accept')
      ? [
          `Looked at, and in order? aqt verify ${output} --accept "<why>" keeps that, and tells only what is new from then on.`,
        ]
      : []),
  ];
}

/** The findings; those that were accepted are only counted, by reason. */
export function findingLines(findings: readonly PlacedFinding[]): string[] {
  const open = findings.filter(({ accepted }) => accepted === null);
  const reasons = new Map<string, number>();
  for (const { accepted } of findings)
    if (accepted) {
      const reason = `accepted on ${accepted.acceptedAt.slice(0, 10)}: ${accepted.reason}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  const lines = groupedLines(open);
  const shown = lines.slice(0, FINDINGS_SHOWN).map((line) => `  ${line}`);
  return [
    ...(open.length > 0 ? [`${open.length} ${open.length === 1 ? 'finding' : 'findings'}:`, ...shown] : []),
    ...(lines.length > FINDINGS_SHOWN ? [`  … and ${lines.length - FINDINGS_SHOWN} more (see --json)`] : []),
    ...[...reasons].map(([reason, count]) => `${count} ${count === 1 ? 'finding' : 'findings'} ${reason}`),
  ];
}

const FINDINGS_SHOWN = 30;

function pad(hour: number): string {
  return String(hour).padStart(2, '0');
}
