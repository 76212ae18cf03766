import { sha1Prefix } from './sha1.js';
import { KEYWORD, MARK, NUMBER, nameAt, PARAMETER, QUOTED, STRING, TEMPLATE, type Tokens, WORD } from './tokens.js';

/** Trino's reserved words: quoted they are names, bare they are not. */
const RESERVED = new Set(
  (
    'alter and as between by case cast constraint create cross cube current_catalog current_date current_path ' +
    'current_role current_schema current_time current_timestamp current_user deallocate delete describe distinct drop ' +
    'else end escape except execute exists extract false for from full group grouping having in inner insert intersect ' +
    'into is join json_array json_exists json_object json_query json_table json_value left like listagg localtime ' +
    'localtimestamp natural normalize not null on or order outer prepare recursive right rollup select skip table then ' +
    'trim true uescape union unnest using values when where with'
  ).split(' '),
);
/** Words that make one literal with the string after them. */
const TYPED_LITERALS = new Set(['date', 'time', 'timestamp', 'decimal', 'interval', 'char', 'varchar', 'json']);
const ENDS_VALUES = new Set(['select', 'union', 'intersect', 'except', 'order', 'limit', 'when', 'with']);
const BEFORE_WORD_LITERAL = new Set(['(', '[', ',', '=', '<', '>', 'select', 'then', 'else', 'return']);
/** Words after which a sign belongs to the number, because no operand ends with them. */
const BEFORE_OPERAND = new Set(
  (
    'select and or not in like between then else when case where on having by limit offset values return interval ' +
    'escape using all any set distinct'
  ).split(' '),
);

/** An open `(` or `[`, or the statement around them, in the normalised text. */
interface Group {
  /** True for IN lists, VALUES rows and array literals: places where only the number of literals differs. */
  readonly isList: boolean;
  /** True for the rows after VALUES, a list that no parenthesis opens. */
  readonly isValues: boolean;
  /** Where the element being written begins, and the one before it. */
  element: number;
  previous: number;
}

/**
 * Fingerprint version 1: the same for texts that differ only in literals, lengths of IN lists and arrays, numbers of
 * VALUES rows, case, white space, comments and needless quotes. Null for a text without a token.
 */
export function fingerprintOf(tokens: Tokens): string | null {
  const normalised = normalise(tokens);
  if (normalised === '') return null;
  return `v1:${sha1Prefix(normalised)}`;
}

/** The text that is hashed: tokens joined by one space, literals as `?`. */
export function normalise(tokens: Tokens): string {
  const { kinds, texts } = tokens;
  const out: string[] = [];
  const groups: Group[] = [];
  let group: Group = { isList: false, isValues: false, element: 0, previous: -1 };
  let count = kinds.length;
  while (count > 0 && texts[count - 1] === ';' && kinds[count - 1] === MARK) count--;

  for (let at = 0; at < count; at++) {
    const text = texts[at] ?? '';
    switch (kinds[at]) {
      case STRING:
      case NUMBER:
      case PARAMETER:
      case TEMPLATE:
        literal();
        break;
      case QUOTED:
        out.push(quotedName(nameAt(tokens, at)));
        break;
      case WORD:
        out.push(text);
        break;
      case KEYWORD:
        if ((text === 'null' || text === 'true' || text === 'false') && isOperand(at)) literal();
        else {
          out.push(text);
          if (text === 'values') startList(true);
          else if (group.isValues ? ENDS_VALUES.has(text) : group.isList && text === 'select') startList(false);
        }
        break;
      default:
        mark(text, at);
    }
  }
  while (group !== undefined) {
    endElement();
    const outer = groups.pop();
    if (outer === undefined) break;
    group = outer;
  }
  return out.join(' ');

  function literal(): void {
    const last = out.length - 1;
    if (group.isList && TYPED_LITERALS.has(out[last] ?? '') && last >= group.element) out.pop();
    else if (isSign(out[last]) && !endsOperand(last - 1)) out.pop();
    out.push('?');
  }

  function mark(text: string, at: number): void {
    if (text === ',') {
      endElement();
      out.push(text);
      group.previous = group.element;
      group.element = out.length;
      return;
    }
    if (text === ')' || text === ']') {
      endElement();
      out.push(text);
      group = groups.pop() ?? group;
      return;
    }
    out.push(text);
    if (text === '(' || text === '[') {
      groups.push(group);
      group = { isList: opensList(text, at), isValues: false, element: out.length, previous: -1 };
    }
  }

  function startList(isValues: boolean): void {
    endElement();
    group = { isList: isValues, isValues, element: out.length, previous: -1 };
  }

  /** Takes the element back when it repeats the one before it, as the second of `?, ?` does. */
  function endElement(): void {
    const { isList, element, previous } = group;
    if (!isList || previous === -1) return;
    const length = element - 1 - previous;
    if (out.length - element !== length) return;
    let holdsLiteral = false;
    for (let index = 0; index < length; index++) {
      if (out[previous + index] !== out[element + index]) return;
      if (out[element + index] === '?') holdsLiteral = true;
    }
    if (!holdsLiteral) return;
    out.length = element - 1;
    group.element = previous;
  }

  function opensList(text: string, at: number): boolean {
    const before = texts[at - 1];
    if (text === '[') return before === 'array';
    if (before === 'in' || before === 'values') return true;
    // A row inside a list: `VALUES (1), (2)`, `IN ((1, 2), (3, 4))`.
    return group.isList && (before === ',' || before === '(') && kinds[at - 1] === MARK;
  }

  /** TRUE, FALSE and NULL are literals where a value begins, not in `IS NULL`. */
  function isOperand(at: number): boolean {
    return BEFORE_WORD_LITERAL.has(texts[at - 1] ?? '') && kinds[at - 1] !== QUOTED;
  }

  function endsOperand(index: number): boolean {
    const text = out[index];
    if (text === undefined || index < group.element) return false;
    return text === '?' || text === ')' || text === ']' || (isWordLike(text) && !BEFORE_OPERAND.has(text));
  }
}

function quotedName(name: string): string {
  return isBareName(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function isSign(text: string | undefined): boolean {
  return text === '-' || text === '+';
}

function isWordLike(text: string): boolean {
  const code = text.charCodeAt(0);
  return (
    code === 34 || code === 95 || code === 36 || (code >= 97 && code <= 122) || code > 127 || (code >= 48 && code <= 57)
  );
}

function isBareName(text: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(text) && !RESERVED.has(text);
}
