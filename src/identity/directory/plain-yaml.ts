import type { Plain } from './plain-value.js';

/**
 * Reads the YAML that directories are written in: maps and lists by indentation, flow maps and lists on one line, texts bare or in quotes,
 * comments. Undefined for whatever else YAML has (anchors, tags, texts over several lines, several documents) and for what may be
 * wrong: the full reader decides then. A directory of 200,000 people takes a second here, and ten there.
 */
export function readPlainYaml(text: string): Plain | undefined {
  const lines = linesOf(text);
  if (lines === null) return undefined;
  if (lines.length === 0) return null;
  const reader = { lines, at: 0 };
  const value = readBlock(reader, lines[0]?.indent ?? 0);
  return reader.at === lines.length ? value : undefined;
}

interface Line {
  readonly indent: number;
  /** Without indentation, comment and blanks behind. */
  readonly text: string;
}

interface BlockReader {
  readonly lines: Line[];
  at: number;
}

/** Null where a line holds what only the full reader knows. */
function linesOf(text: string): Line[] | null {
  const lines: Line[] = [];
  for (let from = 0; from <= text.length; ) {
    const next = text.indexOf('\n', from);
    const end = next < 0 ? text.length : next;
    let start = from;
    while (start < end && text[start] === ' ') start++;
    const line = text.slice(start, end).trimEnd();
    const indent = start - from;
    from = end + 1;
    if (line === '' || line.startsWith('#')) continue;
    if (line.includes('\t') || line.includes('\r') || /^(?:---|\.\.\.|%)/.test(line)) return null;
    lines.push({ indent, text: line });
  }
  return lines;
}

const KEY = /^([A-Za-z_][\w.-]*):(?: +|$)/;

function readBlock(reader: BlockReader, indent: number): Plain | undefined {
  const line = reader.lines[reader.at];
  if (!line || line.indent !== indent) return undefined;
  return line.text === '-' || line.text.startsWith('- ') ? readList(reader, indent) : readMap(reader, indent);
}

function readList(reader: BlockReader, indent: number): Plain | undefined {
  const items: Plain[] = [];
  for (let line = reader.lines[reader.at]; line && line.indent === indent; line = reader.lines[reader.at]) {
    if (line.text !== '-' && !line.text.startsWith('- ')) break;
    const rest = line.text.slice(1).trimStart();
    let item: Plain | undefined;
    if (rest === '' || rest.startsWith('#')) {
      reader.at++;
      item = readNested(reader, indent, false);
    } else if (KEY.test(rest)) {
      // `- id: ana` begins a map whose members stand below `id`.
      const inner = indent + line.text.length - rest.length;
      reader.lines[reader.at] = { indent: inner, text: rest };
      item = readMap(reader, inner);
    } else {
      reader.at++;
      item = readInline(rest);
    }
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readMap(reader: BlockReader, indent: number): Plain | undefined {
  const map: Record<string, Plain> = {};
  for (let line = reader.lines[reader.at]; line && line.indent === indent; line = reader.lines[reader.at]) {
    const match = KEY.exec(line.text);
    const name = match?.[1];
    if (!match || name === undefined || Object.hasOwn(map, name) || name === '__proto__') return undefined;
    const rest = line.text.slice(match[0].length);
    reader.at++;
    const value = rest === '' || rest.startsWith('#') ? readNested(reader, indent, true) : readInline(rest);
    if (value === undefined) return undefined;
    map[name] = value;
  }
  return map;
}

/** What stands below a key or a dash; a list below a key may stand at the key's own indentation. */
function readNested(reader: BlockReader, indent: number, isBelowKey: boolean): Plain | undefined {
  const next = reader.lines[reader.at];
  if (!next || next.indent < indent) return null;
  if (next.indent > indent) return readBlock(reader, next.indent);
  return isBelowKey && (next.text === '-' || next.text.startsWith('- ')) ? readList(reader, indent) : null;
}

/** A whole line's value, perhaps with a comment behind it. */
function readInline(text: string): Plain | undefined {
  const flow = { text, at: 0 };
  const value = /^[{["']/.test(text) ? readFlow(flow) : readBare(flow, BARE);
  if (value === undefined) return undefined;
  const rest = text.slice(flow.at);
  return rest.trim() === '' || /^ +#/.test(rest) ? value : undefined;
}

interface Flow {
  readonly text: string;
  at: number;
}

/** Text up to a comment; `: ` in it would make a map of it. */
const BARE =
  /[^\s"'#&*!|>%@`{}[\],?:-](?:[^\s:#]|:(?! |$)|(?<=\S)#| (?! *#))*|-(?=\S)(?:[^\s:#]|:(?! |$)|(?<=\S)#| (?! *#))*/y;
const BARE_IN_FLOW = /[^\s"'#&*!|>%@`{}[\],?:-](?:[^\s:#{}[\],]|:(?![ ,}\]]|$)|(?<=\S)#| (?! *#))*/y;
const DOUBLE = /"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;
const SINGLE = /'(?:[^']|'')*'/y;
const FLOW_KEY = /([A-Za-z_][\w.-]*|"[A-Za-z_][\w.-]*") *:(?: +|(?<=":))/y;
const BLANKS = / */y;

function readFlow(flow: Flow): Plain | undefined {
  switch (flow.text[flow.at]) {
    case '{':
      return readFlowMap(flow);
    case '[':
      return readFlowList(flow);
    case '"': {
      const token = take(flow, DOUBLE);
      return token === null ? undefined : (JSON.parse(token) as string);
    }
    case "'":
      return take(flow, SINGLE)?.slice(1, -1).replaceAll("''", "'");
    default:
      return readBare(flow, BARE_IN_FLOW);
  }
}

function readFlowList(flow: Flow): Plain | undefined {
  const items: Plain[] = [];
  flow.at++;
  for (take(flow, BLANKS); flow.text[flow.at] !== ']'; ) {
    const item = readFlow(flow);
    take(flow, BLANKS);
    if (item === undefined || !endsPart(flow, ']')) return undefined;
    items.push(item);
  }
  flow.at++;
  return items;
}

function readFlowMap(flow: Flow): Plain | undefined {
  const map: Record<string, Plain> = {};
  flow.at++;
  for (take(flow, BLANKS); flow.text[flow.at] !== '}'; ) {
    const name = take(flow, FLOW_KEY)?.replace(/[" :]/g, '');
    if (name === undefined || Object.hasOwn(map, name) || name === '__proto__') return undefined;
    const value = readFlow(flow);
    take(flow, BLANKS);
    if (value === undefined || !endsPart(flow, '}')) return undefined;
    map[name] = value;
  }
  flow.at++;
  return map;
}

/** Steps over a comma; true there and before the closing bracket. */
function endsPart(flow: Flow, close: string): boolean {
  if (flow.text[flow.at] !== ',') return flow.text[flow.at] === close;
  flow.at++;
  take(flow, BLANKS);
  return true;
}

/** Numbers stay as they are written: account ids begin with zeros. */
function readBare(flow: Flow, form: RegExp): Plain | undefined {
  const text = take(flow, form)?.trimEnd();
  if (text === undefined || text.startsWith('<<')) return undefined;
  if (/^(?:null|Null|NULL|~)$/.test(text)) return null;
  return /^(?:true|True|TRUE)$/.test(text) ? true : /^(?:false|False|FALSE)$/.test(text) ? false : text;
}

function take(flow: Flow, form: RegExp): string | null {
  form.lastIndex = flow.at;
  const token = form.exec(flow.text)?.[0];
  if (token === undefined) return null;
  flow.at += token.length;
  return token;
}
