import type { ReportRow } from '../../record/columns.js';
import type { Io } from '../terminal/io.js';
import { bytesText } from '../terminal/progress.js';
import { formatTable } from '../terminal/table.js';

interface Sum {
  readonly name: string;
  readonly kind: string;
  readonly methods: Set<string>;
  readonly usernames: Set<string>;
  queries: number;
  refused: number;
  bytes: number;
  usd: number;
}

/** The people of the demo, the most expensive first, and the names under which CloudTrail knew them. */
export function showPeople(rows: readonly ReportRow[], io: Io): string {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const name = row.person ?? '(not resolved)';
    const sum = sums.get(name) ?? {
      name,
      kind: row.person_kind,
      methods: new Set(),
      usernames: new Set(),
      queries: 0,
      refused: 0,
      bytes: 0,
      usd: 0,
    };
    sums.set(name, sum);
    sum.methods.add(`${row.identity_method} (${row.identity_confidence})`);
    if (row.username !== null) sum.usernames.add(row.username);
    if (row.attribution === 'refused') sum.refused++;
    else sum.queries++;
    sum.bytes += row.data_scanned_bytes ?? 0;
    sum.usd += row.cost_usd ?? 0;
  }
  const top = [...sums.values()].sort((a, b) => b.usd - a.usd || (a.name < b.name ? -1 : 1)).slice(0, 14);
  return formatTable({
    ...(io.isStdoutTty ? { width: io.columns } : {}),
    columns: [
      { title: 'person', cut: 'middle' },
      { title: 'kind' },
      { title: 'queries', align: 'right' },
      { title: 'refused', align: 'right' },
      { title: 'scanned', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'how we know', cut: 'end' },
      { title: 'CloudTrail says', cut: 'end' },
    ],
    rows: top.map((sum) => [
      sum.name,
      sum.kind,
      String(sum.queries),
      String(sum.refused),
      bytesText(sum.bytes),
      costText(sum.usd),
      [...sum.methods].sort().join(', '),
      namesText([...sum.usernames].sort()),
    ]),
  });
}

/** Cents; a sum that is less than one is not shown as nothing. */
function costText(usd: number): string {
  return usd > 0 && usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`;
}

/** Sessions of a program bear a name of their own each: some are enough to see that. */
function namesText(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`;
}
