import { hourName } from '../../calendar/hour-label.js';
import type { CheckedHour } from '../../verify/checked.js';
import type { Io } from '../terminal/io.js';
import { formatTable, type TableCell, type TableColumn } from '../terminal/table.js';
import { accountOf, type DayAccount, type DayCell } from './verify-days.js';

interface Column {
  readonly head: string;
  readonly count: (day: DayAccount) => number;
}

const EXPECTED: Column = { head: 'expected', count: (day) => day.startsRead + day.unattributed };
const COLLECTED: Column = { head: 'collected', count: (day) => day.rows };
const OPEN: Column = { head: 'open', count: (day) => day.openHours };
const UNEXPLAINED: Column = { head: 'unexplained', count: (day) => day.unexplained };
const REASONS: readonly Column[] = [
  { head: 'copies', count: (day) => day.duplicates },
  { head: 'repeats', count: (day) => day.repeatedStarts },
  { head: 'malformed', count: (day) => day.malformed },
];
const EXPLAINED: Column = {
  head: 'explained',
  count: (day) => REASONS.reduce((sum, { count }) => sum + count(day), 0),
};
const WIDE: readonly Column[] = [EXPECTED, COLLECTED, ...REASONS, UNEXPLAINED, OPEN];
const NARROW: readonly Column[] = [EXPECTED, { ...COLLECTED, head: 'rows' }, EXPLAINED, UNEXPLAINED, OPEN];
const RULER = '0     6     12    18    ';
const DATE_WIDTH = 10;

/**
 * Lays out the days of all trees: an account and a heat map of each. Where the terminal is too narrow for a column for each
 * reason they are added up, and told in a line below.
 */
export function tableOf(days: readonly DayAccount[], io: Pick<Io, 'columns' | 'isStdoutTty' | 'env'>): string {
  const widthOf = (columns: readonly Column[]) =>
    DATE_WIDTH + 2 + RULER.length + columns.reduce((sum, { head }) => sum + 2 + head.length, 0);
  const isWide = widthOf(WIDE) <= io.columns;
  const [columns, gap] = isWide ? [WIDE, 2] : [NARROW, 1];
  const paint = painter(io);
  const most = days.reduce((all, { cells }) => cells.reduce((so, { rows }) => Math.max(so, rows), all), 1);
  const total = (column: Column) => days.reduce((sum, day) => sum + column.count(day), 0);
  const table = formatTable({
    columns: [
      { title: 'day' },
      { title: RULER },
      ...columns.map(({ head }) => ({ title: head, align: 'right' as const })),
    ],
    rows: days.map((day) => [
      day.reportDate,
      mapOf(day, (cell) => paint(cell.kind, glyphOf(cell, most))),
      ...columns.map(({ count }) => String(count(day))),
    ]),
    sections: new Map(
      days.flatMap(({ tree }, index) =>
        tree !== '' && tree !== days[index - 1]?.tree ? [[index, tree] as const] : [],
      ),
    ),
    total: ['all', '', ...columns.map((column) => String(total(column)))],
    gap,
  });
  const reasons = REASONS.filter((reason) => total(reason) > 0).map((reason) => counted(total(reason), reason.head));
  const explained = !isWide && reasons.length > 0 ? `explained: ${reasons.join(', ')}\n` : '';
  return `${table}${explained}\n${legendOf(paint)}\n`;
}

function mapOf({ cells }: DayAccount, paint: (cell: DayCell) => string): TableCell {
  return { text: ' '.repeat(cells.length), painted: cells.map(paint).join('') };
}

/** One line for each hour: what was expected, what became of it, what is unexplained. */
export function hoursOf(checkedHours: readonly CheckedHour[]): string {
  const rows = checkedHours.map((checked) => {
    const { expected, collected, explained } = accountOf(checked.manifest);
    const reasons = explained
      ? ([
          [explained.duplicates, 'copies'],
          [explained.repeatedStarts, 'repeats'],
          [explained.malformed, 'malformed'],
        ] as const)
      : [];
    const told = reasons.flatMap(([count, reason]) => (count === 0 ? [] : [counted(count, reason)])).join(', ');
    const counts = [expected ?? '–', collected ?? '–', checked.faults.length];
    return [`${checked.tree}${hourName(checked)}`, ...counts.map(String), told];
  });
  const columns: TableColumn[] = [
    { title: 'hour' },
    ...['expected', 'collected', 'unexplained'].map((title) => ({ title, align: 'right' as const })),
    { title: 'explained' },
  ];
  return `${formatTable({ columns, rows })}\n`;
}

/** One of them loses its plural. */
function counted(count: number, reason: string): string {
  const one: Readonly<Record<string, string>> = { copies: 'copy', repeats: 'repeat' };
  return `${count} ${count === 1 ? (one[reason] ?? reason) : reason}`;
}

const SHADES = ['·', '░', '▒', '▓', '█'];

function glyphOf({ kind, rows }: DayCell, most: number): string {
  if (kind === 'none') return ' ';
  if (kind === 'fault') return '✗';
  if (kind === 'finding') return '!';
  return SHADES[Math.ceil((rows / most) * (SHADES.length - 1))] ?? '█';
}

type Paint = (kind: DayCell['kind'], text: string) => string;

function painter({ isStdoutTty, env }: Pick<Io, 'isStdoutTty' | 'env'>): Paint {
  const isColoured = isStdoutTty && !env.NO_COLOR && env.TERM !== 'dumb';
  const codes = { final: 32, open: 36, fault: 31, finding: 33, none: 0 };
  return (kind, text) => (isColoured && kind !== 'none' ? `\x1b[${codes[kind]}m${text}\x1b[0m` : text);
}

function legendOf(paint: Paint): string {
  const isColoured = paint('open', '') !== '';
  const states = isColoured ? `  ${paint('final', '█ final')}  ${paint('open', '█ open: may still change')}` : '';
  return `· no query  ░▒▓█ few to many  ${paint('finding', '! finding')}  ${paint('fault', '✗ faulty or missing')}${states}`;
}
