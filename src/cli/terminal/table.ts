/** A column of a terminal table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut, with `…`, where the table does not fit: in the middle, because names differ at their ends, or at the end. */
  readonly cut?: 'middle' | 'end';
  /** Left out where the table does not fit, before anything is cut. */
  readonly isOptional?: boolean;
}

export interface TableOptions {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
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
export function formatTable({ columns, rows, total, width, heading = (text) => text }: TableOptions): string {
  const clean = (row: readonly string[]): string[] => columns.map((_, index) => visibleText(row[index] ?? ''));
  const body = rows.map(clean);
  const last = total ? [clean(total)] : [];
  const natural = columns.map((column, index) =>
    [...body, ...last].reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), textWidth(column.title)),
  );
  const shown = narrowed(columns, natural, width ?? Number.POSITIVE_INFINITY);
  const line = (cells: readonly string[]): string =>
    shown
      .map(({ column, index, size }) => {
        const cell = cutText(cells[index] ?? '', size, column.cut);
        const space = ' '.repeat(Math.max(size - textWidth(cell), 0));
        return column.align === 'right' ? space + cell : cell + space;
      })
      .join(GAP)
      .trimEnd();
  const rule = shown.map(({ size }) => '─'.repeat(size)).join(GAP);
  const lines = [heading(line(columns.map(({ title }) => title))), ...body.map(line)];
  if (total) lines.push(rule, ...last.map(line));
  return `${lines.join('\n')}\n`;
}

const GAP = '  ';
/** A column is never cut below this: less says nothing. */
const LEAST = 12;

interface Fitted {
  readonly column: TableColumn;
  readonly index: number;
  readonly size: number;
}

/** Makes a table as narrow as the terminal, as far as its columns allow: the optional ones go, then the widest are cut. */
function narrowed(columns: readonly TableColumn[], natural: readonly number[], width: number): Fitted[] {
  let shown = columns.map((column, index) => ({ column, index, size: natural[index] ?? 0 }));
  const excess = (): number => shown.reduce((sum, { size }) => sum + size + GAP.length, -GAP.length) - width;
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
  if (where === 'end' || textWidth(text) <= width) return cutToWidth(text, width);
  const tail = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  let end = '';
  while (textWidth(end) < Math.floor((width - 1) / 2) && tail.length > 0) end = (tail.pop() ?? '') + end;
  return cutToWidth(text, width - textWidth(end)) + end;
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
  return text
    .replace(/\s*[\t\n\v\f\r\u2028\u2029]\s*/g, ' ')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '·');
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
