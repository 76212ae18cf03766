import type { RunSql } from '../view/scope.js';
import type { Acceptance } from './acceptances.js';
import type { AuditHour, HourState } from './audit.js';
import { type WitnessFinding, type WitnessKind, witnessFindings } from './witness-findings.js';

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
  /** The tree and the days to collect again; null where that does not help, or where it concerns several trees. */
  readonly again: { readonly tree: string; readonly from: string; readonly to: string } | null;
  /** Somebody looked at all of it and accepted it; null while it is open. */
  readonly accepted: Acceptance | null;
}

/** Sentences kept of a finding; the count is exact. */
const DETAILS = 50;

type Head = Pick<AuditFinding, 'severity' | 'title' | 'explanation' | 'link'> & {
  /** Counts things, not what each of them has. */
  readonly countsThings?: boolean;
};

const HEADS: Readonly<Record<WitnessKind, Head>> = {
  'not-read': {
    severity: 'bad',
    title: 'Hours that lack an account or Region',
    explanation: 'It could not be read: its line among the accounts and Regions says why.',
    link: null,
  },
  unattributed: {
    severity: 'bad',
    title: 'Queries that CloudTrail never showed',
    explanation: 'Athena lists them, CloudTrail does not: who ran them is unknown.',
    link: 'attribution=unattributed',
  },
  digests: {
    severity: 'bad',
    title: 'Log files that digests do not prove',
    explanation: 'aqt collect --validate-digests tells which.',
    link: null,
  },
  'table-disagrees': {
    severity: 'bad',
    title: 'Queries for which the system table names another principal',
    explanation: 'CloudTrail and Athena’s own table disagree about who ran them.',
    link: null,
  },
  'not-listed': {
    severity: 'warn',
    title: 'Workgroups that could not be listed',
    explanation: 'What ran there unseen by CloudTrail is not known. Allow athena:ListQueryExecutions on them.',
    link: null,
    countsThings: true,
  },
  'table-unread': {
    severity: 'warn',
    title: 'System tables that could not be read',
    explanation: 'The third witness was asked and did not answer.',
    link: null,
    countsThings: true,
  },
  'not-closed': {
    severity: 'warn',
    title: 'Days that were never closed',
    explanation: 'What Athena itself lists was not compared with what CloudTrail showed.',
    link: null,
  },
  malformed: {
    severity: 'warn',
    title: 'Malformed CloudTrail records',
    explanation: 'They are kept whole in _work/rejects/ with the reason.',
    link: null,
  },
  copy: {
    severity: 'warn',
    title: 'Copies without seals and evidence',
    explanation: 'Reports and manifests agree, and nothing proves that nobody changed both.',
    link: null,
  },
};

/** Says what is not as it should be, the worst first and what was accepted last; an empty list means that all is explained. */
export async function auditFindings(run: RunSql, hours: readonly AuditHour[]): Promise<AuditFinding[]> {
  const [witnessed, counted] = await Promise.all([witnessFindings(run), countedFindings(run, hours)]);
  const all = [...groupFindings(witnessed), ...counted].filter((finding) => finding.count > 0);
  const rank = ({ severity, accepted }: AuditFinding) =>
    accepted ? 3 : severity === 'bad' ? 0 : severity === 'warn' ? 1 : 2;
  return all.sort((a, b) => rank(a) - rank(b));
}

/** Tells all findings of a kind together, those that were accepted apart from the open ones, by reason and instant. */
export function groupFindings(findings: readonly WitnessFinding[]): AuditFinding[] {
  const groups = new Map<string, WitnessFinding[]>();
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
    const isOneTree = group.every(({ tree }) => tree === first.tree);
    const { countsThings = false, ...head } = HEADS[first.kind];
    const from = group.flatMap(({ days }) => days?.from ?? []).sort()[0];
    const to = group
      .flatMap(({ days }) => days?.to ?? [])
      .sort()
      .at(-1);
    return [
      {
        ...head,
        count: countsThings ? group.length : group.reduce((sum, { count }) => sum + count, 0),
        details: group.slice(0, DETAILS).map(({ tree, text }) => `${tree}${text}`),
        again: from === undefined || to === undefined || !isOneTree ? null : { tree: first.tree, from, to },
        accepted: first.accepted,
      },
    ];
  });
}

async function countedFindings(run: RunSql, hours: readonly AuditHour[]): Promise<AuditFinding[]> {
  const count = (state: HourState): number => hours.filter((hour) => hour.state === state).length;
  const [rows] = await run(
    `SELECT count(*) FILTER (attribution = 'conflict') AS conflict,
       count(*) FILTER (query_status = 'masked') AS masked, count(*) FILTER (query_status = 'expired') AS expired,
       count(*) FILTER (query_status = 'denied') AS denied, count(*) FILTER (query_status = 'pending') AS pending,
       count(*) FILTER (query_status = 'not_found') AS not_found, count(*) FILTER (attribution = 'refused') AS refused,
       count(*) FILTER (person IS NULL) AS unresolved FROM query_log`,
  );
  const [ledger] = await run(`SELECT count(*) FILTER (chain = 'broken') AS broken FROM hour_log`);
  const findings: Omit<AuditFinding, 'details' | 'again' | 'accepted'>[] = [
    {
      severity: 'bad',
      title: 'Hours without a report',
      explanation: 'Collect them: aqt collect --from <day> --to <day>. Athena keeps SQL text for 45 days only.',
      count: count('gap'),
      link: null,
    },
    {
      severity: 'bad',
      title: 'Hours whose report and manifest disagree',
      explanation:
        'The file was changed after it was written, or a write was cut. Compare versions of the object, then collect the hour again.',
      count: count('faulty'),
      link: null,
    },
    {
      severity: 'bad',
      title: 'Manifests that name no predecessor though they are a later version',
      explanation: 'A rewritten manifest must carry the SHA-256 of the one it replaces.',
      count: Number(ledger?.broken ?? 0),
      link: null,
    },
    {
      severity: 'bad',
      title: 'Queries started by two different principals',
      explanation: 'The same execution id came back to a retry by another principal.',
      count: Number(rows?.conflict ?? 0),
      link: 'attribution=conflict',
    },
    {
      severity: 'warn',
      title: 'Hours that may still change',
      explanation: 'Late events or running queries are awaited; aqt settle looks again.',
      count: count('open'),
      link: null,
    },
    {
      severity: 'warn',
      title: 'Queries whose SQL text is lost',
      explanation: 'Older than Athena keeps it, or Athena does not know the id.',
      count: Number(rows?.expired ?? 0) + Number(rows?.not_found ?? 0),
      link: 'status=expired&status=not_found',
    },
    {
      severity: 'warn',
      title: 'Queries whose SQL text may not be read',
      explanation: 'Allow athena:GetQueryExecution on their workgroup.',
      count: Number(rows?.denied ?? 0),
      link: 'status=denied',
    },
    {
      severity: 'warn',
      title: 'Queries without a person',
      explanation: 'The page Identities says why, and how to mend it.',
      count: Number(rows?.unresolved ?? 0),
      link: 'person=(none)',
    },
    {
      severity: 'note',
      title: 'Queries whose SQL text is not there yet',
      explanation: 'Athena has not answered for them; they are asked again.',
      count: Number(rows?.pending ?? 0) + Number(rows?.masked ?? 0),
      link: 'status=pending&status=masked',
    },
    {
      severity: 'note',
      title: 'Attempts that AWS refused',
      explanation: 'Nothing ran. Who tried what is worth a look.',
      count: Number(rows?.refused ?? 0),
      link: 'state=REFUSED',
    },
  ];
  return findings.map((finding) => ({ ...finding, details: [], again: null, accepted: null }));
}
