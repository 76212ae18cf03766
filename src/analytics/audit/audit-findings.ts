import { hourName } from '../../calendar/hour-label.js';
import { findingsOf } from '../../findings/find.js';
import type { Finding } from '../../findings/finding.js';
import { KINDS } from '../../findings/kinds.js';
import { NOTES, type NoteKind } from '../../findings/notes.js';
import type { RunSql } from '../view/scope.js';
import { type Acceptance, acceptedIn } from './acceptances.js';
import type { AuditHour, HourState } from './audit.js';
import { cachedFacts, type FileChangesByTree } from './cached-facts.js';

/** Something that an auditor should know, with the numbers that say so. */
export interface AuditFinding {
  readonly severity: 'bad' | 'warn' | 'note';
  readonly title: string;
  readonly explanation: string;
  readonly count: number;
  /** Query string of the page that shows the rows behind it; null when there is none. */
  readonly link: string | null;
  /** A sentence for each thing, as `aqt verify` tells it; the first of them. */
  readonly details: readonly string[];
  /** How many there are besides. */
  readonly more: number;
  /** The tree and the days to collect again; null where that does not help, or where it concerns several trees. */
  readonly again: { readonly tree: string; readonly from: string; readonly to: string } | null;
  /** Somebody looked at all of it and accepted it; null while it is open. */
  readonly accepted: Acceptance | null;
}

/** A finding with where it lies and whether somebody accepted it. */
export type PlacedFinding = Finding & { readonly tree: string; readonly accepted: Acceptance | null };

/** Sentences kept of a finding; the count is exact. */
const DETAILS = 50;

/** Says what is not as it should be, the worst first and what was accepted last; an empty list means that all is explained. */
export async function auditFindings(
  run: RunSql,
  hours: readonly AuditHour[],
  fileChanges: FileChangesByTree,
): Promise<AuditFinding[]> {
  const [found, notes] = await Promise.all([cachedFindings(run, fileChanges), notesOf(run, hours)]);
  const all = [...groupFindings(found), ...notes].filter((finding) => finding.count > 0);
  const rank = ({ severity, accepted }: AuditFinding) =>
    accepted ? 3 : severity === 'bad' ? 0 : severity === 'warn' ? 1 : 2;
  return all.sort((a, b) => rank(a) - rank(b));
}

/** The findings of all trees as far as the cache can tell them, in the words and by the keys of `aqt verify`. */
export async function cachedFindings(run: RunSql, fileChanges: FileChangesByTree): Promise<PlacedFinding[]> {
  const [facts, accepted] = await Promise.all([cachedFacts(run, fileChanges), acceptedIn(run)]);
  return [...facts].flatMap(([tree, own]) =>
    findingsOf(own).map((finding) => ({ ...finding, tree, accepted: accepted(tree, finding.key) })),
  );
}

/** Tells all findings of a kind together, those that were accepted apart from the open ones, by reason and instant. */
export function groupFindings(findings: readonly PlacedFinding[]): AuditFinding[] {
  const groups = new Map<string, PlacedFinding[]>();
  for (const finding of findings) {
    const { kind, accepted } = finding;
    const name = JSON.stringify([kind, accepted?.reason, accepted?.acceptedAt]);
    const group = groups.get(name);
    if (group) group.push(finding);
    else groups.set(name, [finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { severity, title, explanation, link = null, countsThings = false } = KINDS[first.kind];
    return [
      {
        ...{ severity, title, explanation, link },
        count: countsThings ? group.length : group.reduce((sum, { count }) => sum + count, 0),
        details: group.slice(0, DETAILS).map(detailOf),
        more: Math.max(group.length - DETAILS, 0),
        again: againOf(group),
        accepted: first.accepted,
      },
    ];
  });
}

function detailOf({ tree, label, text }: PlacedFinding): string {
  return `${tree}${label ? `${hourName(label)}: ` : ''}${text}`;
}

/** The days to collect again, where that helps; several trees have a command each, so none is told. */
function againOf(group: readonly PlacedFinding[]): AuditFinding['again'] {
  const days = group.flatMap(({ next, days }) => (next === 'collect' && days ? [days] : []));
  const from = days.map((each) => each.from).sort()[0];
  const to = days
    .map((each) => each.to)
    .sort()
    .at(-1);
  const [{ tree } = { tree: '' }] = group;
  return from === undefined || to === undefined || group.some((one) => one.tree !== tree) ? null : { tree, from, to };
}

async function notesOf(run: RunSql, hours: readonly AuditHour[]): Promise<AuditFinding[]> {
  const inState = (state: HourState): number => hours.filter((hour) => hour.state === state).length;
  const [rows] = await run(
    `SELECT count(*) FILTER (query_status IN ('expired', 'not_found')) AS lost, count(*) FILTER (query_status = 'denied') AS denied,
       count(*) FILTER (query_status IN ('pending', 'masked')) AS pending, count(*) FILTER (attribution = 'refused') AS refused,
       count(*) FILTER (person IS NULL) AS unresolved FROM query_log`,
  );
  const [chains] = await run(`SELECT count(*) FILTER (chain = 'broken') AS broken FROM hour_log`);
  const counts: Readonly<Record<NoteKind, number>> = {
    gap: inState('gap'),
    faulty: inState('faulty'),
    'broken-chain': Number(chains?.broken ?? 0),
    open: inState('open'),
    'text-lost': Number(rows?.lost ?? 0),
    'text-denied': Number(rows?.denied ?? 0),
    'no-person': Number(rows?.unresolved ?? 0),
    'text-pending': Number(rows?.pending ?? 0),
    refused: Number(rows?.refused ?? 0),
  };
  return Object.entries(NOTES).map(([kind, { link = null, ...words }]) => ({
    ...{ ...words, link, details: [], more: 0, again: null, accepted: null },
    count: counts[kind as NoteKind],
  }));
}
