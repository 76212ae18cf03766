import { withoutGeneratedParts } from './generated-name.js';
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

/** The normalised text as it is written. */
interface Normaliser {
  readonly tokens: Tokens;
  readonly out: string[];
  readonly groups: Group[];
  group: Group;
}

/** SHA-1 of a text's UTF-8, in hexadecimal. */
export type TextHash = (text: string) => string;

/** Fingerprints of the kind that `normalise` makes; it grows when they change. */
const VERSION = 'v2';

/**
 * The same for texts that differ only in literals, lengths of IN lists and arrays, numbers of VALUES rows and of partitions, case,
 * white space, comments, needless quotes, and parts of names that a program made up. Null for a text without a token.
 */
export function fingerprintOf(tokens: Tokens, sha1: TextHash): string | null {
  const normalised = normalise(tokens);
  if (normalised === '') return null;
  return `${VERSION}:${sha1(normalised).slice(0, 16)}`;
}

/** The text that is hashed: tokens joined by one space, literals as `?`, made-up parts of names as `#`. */
export function normalise(tokens: Tokens): string {
  const { kinds, texts } = tokens;
  const group: Group = { isList: false, isValues: false, element: 0, previous: -1 };
  const state: Normaliser = { tokens, out: [], groups: [], group };
  let count = kinds.length;
  while (count > 0 && texts[count - 1] === ';' && kinds[count - 1] === MARK) count--;
  for (let at = 0; at < count; at++) write(state, texts[at] ?? '', at);
  for (let open: Group | undefined = state.group; open !== undefined; open = state.groups.pop()) {
    state.group = open;
    endElement(state);
  }
  return (state.out[0] === 'alter' ? withoutRepeatedPartitions(state.out) : state.out).join(' ');
}

function write(state: Normaliser, text: string, at: number): void {
  const { tokens, out } = state;
  switch (tokens.kinds[at]) {
    case STRING:
    case NUMBER:
    case PARAMETER:
    case TEMPLATE:
      literal(state);
      break;
    case QUOTED:
      out.push(quotedName(nameAt(tokens, at)));
      break;
    case WORD:
      out.push(withoutGeneratedParts(text));
      break;
    case KEYWORD:
      keyword(state, text, at);
      break;
    default:
      mark(state, text, at);
  }
}

function keyword(state: Normaliser, text: string, at: number): void {
  const { group } = state;
  if ((text === 'null' || text === 'true' || text === 'false') && isOperand(state.tokens, at)) {
    literal(state);
    return;
  }
  state.out.push(text);
  if (text === 'values') startList(state, true);
  else if (group.isValues ? ENDS_VALUES.has(text) : group.isList && text === 'select') startList(state, false);
}

function literal(state: Normaliser): void {
  const { out, group } = state;
  const last = out.length - 1;
  if (group.isList && TYPED_LITERALS.has(out[last] ?? '') && last >= group.element) out.pop();
  else if (isSign(out[last]) && !endsOperand(state, last - 1)) out.pop();
  out.push('?');
}

function mark(state: Normaliser, text: string, at: number): void {
  const { out } = state;
  if (text === ',') {
    endElement(state);
    out.push(text);
    state.group.previous = state.group.element;
    state.group.element = out.length;
    return;
  }
  if (text === ')' || text === ']') {
    endElement(state);
    out.push(text);
    state.group = state.groups.pop() ?? state.group;
    return;
  }
  out.push(text);
  if (text === '(' || text === '[') {
    state.groups.push(state.group);
    state.group = { isList: opensList(state, text, at), isValues: false, element: out.length, previous: -1 };
  }
}

function startList(state: Normaliser, isValues: boolean): void {
  endElement(state);
  state.group = { isList: isValues, isValues, element: state.out.length, previous: -1 };
}

/** Takes the element back when it repeats the one before it, as the second of `?, ?` does. */
function endElement({ out, group }: Normaliser): void {
  if (!group.isList) return;
  if (out.length > group.element + 1 && isConstant(out, group.element)) out.splice(group.element, out.length, '?');
  const { element, previous } = group;
  if (previous === -1) return;
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

/** Longer elements of a list are looked at no further. */
const MAX_CONSTANT = 64;
const ARITHMETIC = new Set(['?', '+', '-', '*', '/', '%', '(', ')', '|']);

/** Tells a value that was written as arithmetic or as a cast: `24 * 60`, `CAST('1' AS decimal(10, 2))`, `(-(1))`. */
function isConstant(out: readonly string[], from: number): boolean {
  if (out.length - from > MAX_CONSTANT) return false;
  let castDepth = 0;
  let isType = false;
  let depth = 0;
  let literals = 0;
  for (let at = from; at < out.length; at++) {
    const text = out[at] ?? '';
    if (text === '(') depth++;
    else if (text === ')') {
      depth--;
      if (depth < castDepth) {
        isType = false;
        castDepth = 0;
      }
    }
    // Rows of VALUES and IN keep their columns apart.
    else if (text === ',' && !isType) return false;
    if (isType) continue;
    if ((text === 'cast' || text === 'try_cast') && out[at + 1] === '(' && castDepth === 0) castDepth = depth + 1;
    else if (text === 'as' && castDepth > 0 && depth === castDepth) isType = true;
    else if (!ARITHMETIC.has(text)) return false;
    else if (text === '?') literals++;
  }
  return literals > 0;
}

function opensList({ tokens, group }: Normaliser, text: string, at: number): boolean {
  const before = tokens.texts[at - 1];
  if (text === '[') return before === 'array';
  if (before === 'in' || before === 'values') return true;
  // A row inside a list: `VALUES (1), (2)`, `IN ((1, 2), (3, 4))`.
  return group.isList && (before === ',' || before === '(') && tokens.kinds[at - 1] === MARK;
}

/** TRUE, FALSE and NULL are literals where a value begins, not in `IS NULL`. */
function isOperand({ kinds, texts }: Tokens, at: number): boolean {
  return BEFORE_WORD_LITERAL.has(texts[at - 1] ?? '') && kinds[at - 1] !== QUOTED;
}

function endsOperand({ out, group }: Normaliser, index: number): boolean {
  const text = out[index];
  if (text === undefined || index < group.element) return false;
  return text === '?' || text === ')' || text === ']' || (isWordLike(text) && !BEFORE_OPERAND.has(text));
}

/** `PARTITION (…) LOCATION '…'` of ALTER TABLE, as often as there are partitions, with or without commas: once. */
function withoutRepeatedPartitions(out: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let before = '';
  for (let at = 0; at < out.length; ) {
    const end = endOfPartition(out, at);
    if (end === at) {
      if (out[at] !== ',' || endOfPartition(out, at + 1) === at + 1) before = '';
      kept.push(out[at] ?? '');
      at++;
      continue;
    }
    const clause = out.slice(at, end).join(' ');
    if (clause === before && clause.includes('?')) {
      if (kept.at(-1) === ',') kept.pop();
    } else kept.push(...out.slice(at, end));
    before = clause;
    at = end;
  }
  return kept;
}

/** The index after the partition clause that begins at the token; the same index when none does. */
function endOfPartition(out: readonly string[], at: number): number {
  if (out[at] !== 'partition' || out[at + 1] !== '(') return at;
  let end = at + 2;
  while (end < out.length && out[end] !== ')') end++;
  end++;
  return out[end] === 'location' && out[end + 1] === '?' ? end + 2 : end;
}

function quotedName(name: string): string {
  const plain = withoutGeneratedParts(name);
  return isBareName(plain) ? plain : `"${plain.replaceAll('"', '""')}"`;
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

/** A part that a program made up (`#`) needs no quotes of its own. */
function isBareName(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || code === 95 || code === 35;
    if (!isLetter && (at === 0 ? code !== 48 : !(code >= 48 && code <= 57) && code !== 36)) return false;
  }
  return text !== '' && !RESERVED.has(text);
}
