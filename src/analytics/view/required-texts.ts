/**
 * A pattern of LIKE that every text fits which a regular expression (RE2's syntax, in any case) finds in lower case: what must stand in it, in
 * order. Null where nothing must, or where that is not plain to see. LIKE is several times faster than RE2 and needs the slower look at few texts.
 */
export function likeOfRegex(regex: string): string | null {
  const texts: string[] = [];
  let text = '';
  const end = () => {
    if (text !== '') texts.push(text);
    text = '';
  };
  for (let at = 0; at < regex.length; ) {
    const token = tokenAt(regex, at);
    if (token === null) return null;
    at += token.length;
    if (token.kind === 'literal') text += token.text;
    // What may stand there no time at all need not stand there.
    else if (token.kind === 'optional') text = text.slice(0, -1);
    if (token.kind !== 'literal') end();
  }
  end();
  return texts.length === 0 ? null : `%${texts.join('%')}%`;
}

interface Token {
  /** `gap` stands for any text; `optional` makes the token before it one that may be absent. */
  readonly kind: 'literal' | 'gap' | 'optional';
  readonly text: string;
  readonly length: number;
}

/** Escapes that stand for one character of a class, or for a place. */
const GAP_ESCAPES = /[dDwWsSbBntr]/;
/** Of which RE2 takes other letters for the same (the Kelvin sign, the long s), and what LIKE takes for more than itself. */
const FOLDED = /[ksKS%_]/;

/** The token at a place; null for what is not looked into: alternatives, `\Q`, classes by name or number, what is not closed. */
function tokenAt(regex: string, at: number): Token | null {
  const char = regex.charAt(at);
  switch (char) {
    case '|':
    case ')':
      return null;
    case '\\': {
      const escaped = regex.charAt(at + 1);
      if (/[!-/:-@[-`{-~]/.test(escaped)) return literalOf(escaped, 2);
      return GAP_ESCAPES.test(escaped) ? { kind: 'gap', text: '', length: 2 } : null;
    }
    case '(':
    case '[': {
      // Flags are no group: what repeats behind them repeats what stands before them.
      if (at > 0 && /^\(\?[imsU-]+\)/.test(regex.slice(at))) return null;
      const end = char === '(' ? endOfGroup(regex, at) : endOfClass(regex, at);
      return end < 0 ? null : { kind: 'gap', text: '', length: end - at };
    }
    case '*':
    case '?':
      return { kind: 'optional', text: '', length: 1 };
    case '.':
    case '^':
    case '$':
    case '+':
      return { kind: 'gap', text: '', length: 1 };
    case '{': {
      // `{,2}` is text to some versions of RE2, and a count to others.
      const [repeat] = /^\{\d*(?:,\d*)?\}/.exec(regex.slice(at)) ?? [];
      return repeat ? { kind: 'optional', text: '', length: repeat.length } : literalOf(char, 1);
    }
    default:
      return literalOf(char, 1);
  }
}

function literalOf(char: string, length: number): Token {
  const isPlain = char >= ' ' && char <= '~' && !FOLDED.test(char);
  return isPlain ? { kind: 'literal', text: char.toLowerCase(), length } : { kind: 'gap', text: '', length };
}

/** Behind the bracket that closes a group; -1 where none does. */
function endOfGroup(regex: string, start: number): number {
  let depth = 0;
  for (let at = start; at < regex.length; at += 1) {
    const char = regex.charAt(at);
    if (char === '\\') {
      if (regex.charAt(at + 1) === 'Q') return -1;
      at += 1;
    } else if (char === '[') {
      const end = endOfClass(regex, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Behind the bracket that closes a class of characters; the first one in it stands for itself. */
function endOfClass(regex: string, start: number): number {
  let at = start + 1;
  if (regex.charAt(at) === '^') at += 1;
  if (regex.charAt(at) === ']') at += 1;
  for (; at < regex.length; at += 1) {
    const char = regex.charAt(at);
    if (char === '\\') {
      if (regex.charAt(at + 1) === 'Q') return -1;
      at += 1;
    } else if (regex.startsWith('[:', at)) {
      const end = regex.indexOf(':]', at + 2);
      if (end >= 0) at = end + 1;
    } else if (char === ']') return at + 1;
  }
  return -1;
}
