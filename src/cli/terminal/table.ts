import stringWidth from 'string-width';
import { visibleText } from './visible-text.js';

/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut, with `…`, where the table does not fit: in the middle, because names differ at their ends, or at the end. */
  readonly cut?: 'middle' | 'end';
  /** Left out where the table does not fit, before anything is cut. */
  readonly isOptional?: boolean;
}

/** A text, or one with the same text painted, which is never cut: only what is ours is painted. */
export type TableCell = string | { readonly text: string; readonly painted: string };

export interface TableOptions {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Lines of their own before rows, by the row's index. */
  readonly sections?: ReadonlyMap<number, string>;
  /** Spaces between columns; two by default. */
  readonly gap?: number;
  /** A last line below a rule, such as a sum. */
  readonly total?: readonly string[];
  /** Columns of the terminal; absent in a pipe, where nothing is cut. */
  readonly width?: number;
  /** Paints the heads; the identity by default. */
  readonly heading?: (text: string) => string;
}

/**
 * Lays out a table by the columns that a terminal gives each character. Control characters (a name may hold a terminal's
 * escape sequence) are shown, never sent. Ends with a line break.
 */
export function formatTable(options: TableOptions): string {
  const { columns, rows, total, width, sections = new Map<number, string>(), gap = 2 } = options;
  const { heading = (text) => text } = options;
  const clean = (row: readonly TableCell[]) => columns.map((_, index) => cleanCell(row[index] ?? ''));
  const body = rows.map(clean);
  const last = total ? [clean(total)] : [];
  const natural = columns.map((column, index) =>
    [...body, ...last].reduce((most, row) => Math.max(most, row[index]?.width ?? 0), stringWidth(column.title)),
  );
  const between = ' '.repeat(gap);
  const shown = narrowed(columns, natural, { width: width ?? Number.POSITIVE_INFINITY, gap });
  const line = (cells: readonly CleanCell[]): string =>
    shown
      .map(({ column, index, size }) => {
        const { sent, width: taken } = cut(cells[index] ?? cleanCell(''), size, column.cut);
        const space = ' '.repeat(Math.max(size - taken, 0));
        return column.align === 'right' ? space + sent : sent + space;
      })
      .join(between)
      .trimEnd();
  const lines = [heading(line(columns.map(({ title }) => cleanCell(title))))];
  for (const [index, row] of body.entries()) {
    const section = sections.get(index);
    if (section !== undefined) lines.push(visibleText(section));
    lines.push(line(row));
  }
  if (total) lines.push(shown.map(({ size }) => '─'.repeat(size)).join(between), ...last.map(line));
  return `${lines.join('\n')}\n`;
}

interface CleanCell {
  readonly sent: string;
  /** Columns that it takes on a terminal. */
  readonly width: number;
}

function cleanCell(cell: TableCell): CleanCell {
  if (typeof cell !== 'string') return { sent: cell.painted, width: stringWidth(cell.text) };
  const sent = visibleText(cell);
  return { sent, width: stringWidth(sent) };
}

function cut(cell: CleanCell, size: number, where: TableColumn['cut']): CleanCell {
  if (cell.width <= size) return cell;
  const sent = cutText(cell.sent, size, where);
  return { sent, width: stringWidth(sent) };
}

/** A column is never cut below this: less says nothing. */
const LEAST = 12;

interface Fitted {
  readonly column: TableColumn;
  readonly index: number;
  readonly size: number;
}

/** Makes a table as narrow as the terminal, as far as its columns allow: the optional ones go, then the widest are cut. */
function narrowed(
  columns: readonly TableColumn[],
  natural: readonly number[],
  { width, gap }: { readonly width: number; readonly gap: number },
): Fitted[] {
  let shown = columns.map((column, index) => ({ column, index, size: natural[index] ?? 0 }));
  const excess = (): number => shown.reduce((sum, { size }) => sum + size + gap, -gap) - width;
  for (const { column } of shown) {
    if (excess() > 0 && column.isOptional) shown = shown.filter((one) => one.column !== column);
  }
  while (excess() > 0) {
    const [widest] = shown
      .filter(({ column, size }) => column.cut !== undefined && size > LEAST)
      .sort((a, b) => b.size - a.size);
    if (!widest) break;
    widest.size -= 1;
  }
  return shown;
}

/** Cuts a text to a width at its end, or in its middle. */
function cutText(text: string, width: number, where: 'middle' | 'end' = 'end'): string {
  if (where === 'end' || stringWidth(text) <= width) return cutToWidth(text, width);
  const tail = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  let end = '';
  while (stringWidth(end) < Math.floor((width - 1) / 2) && tail.length > 0) end = (tail.pop() ?? '') + end;
  return cutToWidth(text, width - stringWidth(end)) + end;
}

/** Cuts a text to a width, ending in `…` when something is missing. */
export function cutToWidth(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const next = stringWidth(segment);
    if (used + next > width - 1) break;
    cut += segment;
    used += next;
  }
  return `${cut}…`;
}

/** Breaks a text into lines between its words; a word that is longer than a line stands alone and whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
