/** Members of a comment in the order written, keys as written; without a prototype, so that any key is data. */
export type Pairs = Readonly<Record<string, string>>;

/**
 * Reads text that is nothing but pairs: `key: value` or `key=value`, parted by commas, semicolons, bars, line ends or, where no
 * value holds a blank, by blanks. A piece of a list that is no pair belongs to the value before it (`Username: Doe, Jane, …`).
 * Null for anything else: prose is never guessed at.
 */
export function pairsIn(text: string): Pairs | null {
  const whole = text.trim();
  const bare = whole.endsWith('--') ? whole.slice(0, -2).trimEnd() : whole;
  return bare === '' ? null : (blankParted(bare) ?? listed(bare));
}

const BLANK_PARTED = /([A-Za-z][\w.-]*)\s*(?:=|::?(?!\/\/))\s*("[^"]*"|'[^']*'|[^\s,;|]*[^\s,;|=:])(?:\s+|$)/y;

function blankParted(text: string): Pairs | null {
  const pairs: Record<string, string> = Object.create(null);
  BLANK_PARTED.lastIndex = 0;
  for (let at = 0; at < text.length; at = BLANK_PARTED.lastIndex) {
    const match = BLANK_PARTED.exec(text);
    if (!match) return null;
    pairs[match[1] ?? ''] = unquoted(match[2] ?? '');
  }
  return pairs;
}

const LISTED = /^([A-Za-z][\w.-]*(?: [\w.-]+){0,2})\s*(?:=|::?(?!\/\/))\s*(.*)$/s;

function listed(text: string): Pairs | null {
  const pairs: Record<string, string> = Object.create(null);
  let last: string | null = null;
  for (const part of text.split(/[,;|\n]/)) {
    const piece = part.trim();
    if (piece === '') continue;
    const match = LISTED.exec(piece);
    if (match) {
      last = match[1] ?? '';
      pairs[last] = unquoted(match[2] ?? '');
    } else if (last === null) return null;
    else pairs[last] = `${pairs[last]}, ${piece}`;
  }
  return last === null ? null : pairs;
}

function unquoted(value: string): string {
  return /^(?:'[^']*'|"[^"]*")$/.test(value) ? value.slice(1, -1) : value;
}
