import stringWidth from 'string-width';
import { visibleText } from './visible-text.js';

/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Cells wider than this are cut with `…`. */
  readonly maxWidth?: number;
}

/** A text, or one with the same text painted: only what is ours is painted. */
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
  /** Paints the heads; the identity by default. */
  readonly heading?: (text: string) => string;
}

/**
 * Lays out a table by the columns that a terminal gives each character. Control characters (a name may hold a terminal's
 * escape sequence) are shown, never sent. Ends with a line break.
 */
export function formatTable(options: TableOptions): string {
  const { columns, rows, total, sections = new Map<number, string>(), gap = 2, heading = (text) => text } = options;
  const body = rows.map((row) => columns.map((column, index) => fitted(row[index] ?? '', column)));
  const last = total ? [columns.map((column, index) => fitted(total[index] ?? '', column))] : [];
  const widths = columns.map((column, index) =>
    [...body, ...last].reduce((most, row) => Math.max(most, row[index]?.width ?? 0), stringWidth(column.title)),
  );
  const between = ' '.repeat(gap);
  const line = (cells: readonly FittedCell[]): string =>
    cells
      .map(({ sent, width }, index) => {
        const space = ' '.repeat(Math.max((widths[index] ?? 0) - width, 0));
        return columns[index]?.align === 'right' ? space + sent : sent + space;
      })
      .join(between)
      .trimEnd();
  const lines = [heading(line(columns.map(({ title }) => ({ sent: title, width: stringWidth(title) }))))];
  for (const [index, row] of body.entries()) {
    const section = sections.get(index);
    if (section !== undefined) lines.push(visibleText(section));
    lines.push(line(row));
  }
  if (total) lines.push(widths.map((width) => '─'.repeat(width)).join(between), ...last.map(line));
  return `${lines.join('\n')}\n`;
}

interface FittedCell {
  readonly sent: string;
  readonly width: number;
}

function fitted(cell: TableCell, { maxWidth }: TableColumn): FittedCell {
  if (typeof cell !== 'string') return { sent: cell.painted, width: stringWidth(cell.text) };
  const clean = visibleText(cell);
  const sent = maxWidth === undefined ? clean : cutToWidth(clean, maxWidth);
  return { sent, width: stringWidth(sent) };
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

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
