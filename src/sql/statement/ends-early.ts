import { KEYWORD, MARK, QUOTED, type Tokens } from '../tokens.js';

/** Reserved words of Trino behind which something must follow. */
const NEVER_LAST = new Set(
  (
    'alter and as between by case create cross distinct drop else escape except exists from full group having in inner insert ' +
    'intersect into is join left like natural not on or order outer prepare right select then union unnest using values when where with'
  ).split(' '),
);
const MARKS_NEVER_LAST = new Set([',', '.', '=', '<', '>', '+', '-', '/', '|', ':']);

/** Tells a text that was cut between two words, or that a program shortened (`…`, `...`). */
export function endsEarly({ kinds, texts, source, starts, ends }: Tokens): boolean {
  const last = kinds.length - 1;
  const text = texts[last] ?? '';
  // `t.left` is a column.
  if (kinds[last] === KEYWORD && NEVER_LAST.has(text) && texts[last - 1] !== '.') return true;
  if (kinds[last] === MARK && MARKS_NEVER_LAST.has(text)) return true;
  if (source.charCodeAt((ends[last] ?? 0) - 1) === 0x2026 && (kinds[last] ?? MARK) < QUOTED) return true;
  return (
    source.includes('...') &&
    texts.some((dot, at) => dot === '.' && texts[at + 1] === '.' && starts[at + 1] === ends[at])
  );
}
