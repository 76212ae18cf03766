import type { ReportRow } from '../../record/columns.js';
import type { Io } from '../terminal/io.js';
import { bytesText } from '../terminal/progress.js';

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
  const table = [
    ['person', 'kind', 'queries', 'refused', 'scanned', 'cost', 'how we know', 'CloudTrail says'],
    ...top.map((sum) => [
      sum.name,
      sum.kind,
      String(sum.queries),
      String(sum.refused),
      bytesText(sum.bytes),
      `$${sum.usd.toFixed(2)}`,
      [...sum.methods].sort().join(', '),
      [...sum.usernames].sort().join(', '),
    ]),
  ];
  const isNumber = [false, false, true, true, true, true, false, false];
  const widths = isNumber.map((_, column) =>
    Math.min(44, Math.max(...table.map((line) => (line[column] ?? '').length))),
  );
  const lines = table.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const cut = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
        return isNumber[column] ? cut.padStart(width) : cut.padEnd(width);
      })
      .join('  ')
      .slice(0, io.isStdoutTty ? io.columns : undefined)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
