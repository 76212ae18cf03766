/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Cells wider than this are cut with `…`. */
  readonly maxWidth?: number;
}

export interface TableOptions {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  /** A last line below a rule, such as a sum. */
  readonly total?: readonly string[];
  /** Paints the heads; the identity by default. */
  readonly heading?: (text: string) => string;
}

/**
 * Lays out a table by the columns that a terminal gives each character. Control characters (a name may hold a terminal's
 * escape sequence) are shown, never sent. Ends with a line break.
 */
export function formatTable({ columns, rows, total, heading = (text) => text }: TableOptions): string {
  const clean = (row: readonly string[]): string[] =>
    columns.map((column, index) =>
      cutToWidth(visibleText(row[index] ?? ''), column.maxWidth ?? Number.POSITIVE_INFINITY),
    );
  const body = rows.map(clean);
  const last = total ? [clean(total)] : [];
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...[...body, ...last].map((row) => textWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max((widths[index] ?? 0) - textWidth(cell), 0));
        return columns[index]?.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const lines = [heading(line(columns.map(({ title }) => title))), ...body.map(line)];
  if (total) lines.push(rule, ...last.map(line));
  return `${lines.join('\n')}\n`;
}

/** Columns that a text takes on a terminal: two for wide East Asian characters and emoji, none for combining marks. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += segmentWidth(segment);
  return width;
}

/** Cuts a text to a width, ending in `…` when something is missing. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const next = segmentWidth(segment);
    if (used + next > width - 1) break;
    cut += segment;
    used += next;
  }
  return `${cut}…`;
}

/** Shows line breaks and tabs as spaces, and other control and direction characters as `·`. */
export function visibleText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '·');
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Extended_Pictographic}\ufe0f/u;

function segmentWidth(segment: string): number {
  if (segment >= ' ' && segment <= '~') return 1;
  if (ZERO_WIDTH.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}
