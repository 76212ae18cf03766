import type { SqlContext } from './analysis.js';
import { isName, nameAt, QUOTED, TEMPLATE, type Tokens } from './tokens.js';

/** A dotted name in the text: its parts, and the index of the token that follows it. */
export interface DottedName {
  /** Lower case, without quotes; empty when a part is an unfilled template. */
  readonly parts: readonly string[];
  readonly next: number;
}

/** Athena's own catalog, which every account has. */
const AWS_DATA_CATALOG = 'awsdatacatalog';
const METADATA_SUFFIX =
  /^(.+)\$(?:all_entries|all_manifests|entries|files|history|manifests|metadata_log_entries|partitions|position_deletes|properties|refs|snapshots|all_data_files|all_files|data_files)$/;

/** Reads the dotted name that begins at the token; null when there is none. */
export function readName(tokens: Tokens, at: number): DottedName | null {
  const { kinds, texts } = tokens;
  if (!isName(kinds[at])) return null;
  const parts: string[] = [];
  let next = at;
  let known = true;
  for (;;) {
    if (kinds[next] === TEMPLATE) known = false;
    // Hive DDL reads `db.table` within one pair of backticks as database and table.
    else if (kinds[next] === QUOTED && tokens.source[tokens.starts[next] ?? 0] === '`') {
      for (const part of nameAt(tokens, next).split('.')) parts.push(part);
    } else parts.push(nameAt(tokens, next));
    next++;
    // In `db_${env}` and `{{ ref('t') }}_old` a template is a piece of the part.
    while (isName(kinds[next]) && (kinds[next] === TEMPLATE || kinds[next - 1] === TEMPLATE) && touches(tokens, next)) {
      known = false;
      next++;
    }
    if (texts[next] !== '.' || !isName(kinds[next + 1])) break;
    next++;
  }
  return { parts: known && parts.every((part) => part !== '') ? parts : [], next };
}

function touches({ starts, ends }: Tokens, at: number): boolean {
  return starts[at] === ends[at - 1];
}

/** Prints the name in full as far as the context knows: `catalog.database.table`. */
export function resolveName(parts: readonly string[], context: SqlContext): string {
  let name = missingParts(parts.length, context);
  for (const part of parts) name = name === '' ? printPart(part) : `${name}.${printPart(part)}`;
  return name;
}

/** The name of the table whose partitions, files or snapshots `"t$partitions"` and its kin list; null for plain tables. */
export function tableBehind(parts: readonly string[]): readonly string[] | null {
  const last = parts.at(-1) ?? '';
  const table = last.includes('$') ? METADATA_SUFFIX.exec(last)?.[1] : undefined;
  return table === undefined ? null : [...parts.slice(0, -1), table];
}

/** Quotes a part of a name that is more than letters, digits and `_`. */
export function printPart(part: string): string {
  return isPlain(part) ? part : `"${part.replaceAll('"', '""')}"`;
}

/** The parts of a name that `resolveName` printed. */
export function splitName(name: string): readonly string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|[^.]+/g)].map(([part, quoted]) => quoted?.replaceAll('""', '"') ?? part);
}

function isPlain(part: string): boolean {
  for (let at = 0; at < part.length; at++) {
    const code = part.charCodeAt(at);
    if (!(code >= 97 && code <= 122) && !(code >= 48 && code <= 57) && code !== 95)
      return /^[\p{L}\p{N}_]+$/u.test(part);
  }
  return part !== '';
}

/** The catalog and database that a name of so many parts leaves out, as far as they are known; else empty. */
function missingParts(given: number, context: SqlContext): string {
  const { catalog: named, database, defaultCatalog = AWS_DATA_CATALOG } = context;
  if (given >= 3 || (given === 1 && database === null)) return '';
  const catalog = named ?? defaultCatalog;
  const first = catalog === null ? '' : printPart(catalog.toLowerCase());
  if (given !== 1 || database === null) return first;
  const second = printPart(database.toLowerCase());
  return first === '' ? second : `${first}.${second}`;
}
