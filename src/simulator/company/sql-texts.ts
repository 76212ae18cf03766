import { createRandom, type Random } from '../wire/random.js';
import { SQL_TEMPLATES, type SqlStyle, type SqlTemplate } from './sql-templates.js';

/** A statement with everything its author knows about it. */
export interface Statement {
  readonly text: string;
  readonly type: SqlTemplate['type'];
  readonly substatement: string;
  /** `catalog.database.table`, lower case, sorted, unique. */
  readonly tablesRead: readonly string[];
  /** Tables and `s3://…` targets of UNLOAD, sorted, unique. */
  readonly tablesWritten: readonly string[];
  /** Tables of which only metadata is asked: SHOW, DESCRIBE, and the table behind `"t$snapshots"`. */
  readonly metadataTables: readonly string[];
  /** Median of what it scans, bytes. */
  readonly scanBytes: number;
}

export interface StatementOptions {
  /** Fixes every choice. */
  readonly seed: number;
  readonly number: number;
  readonly style: SqlStyle;
  /** Database of the query context, null when the caller gives none. */
  readonly database: string | null;
  /** Submission, epoch milliseconds. */
  readonly at: number;
}

/** One statement in so many is as long as Athena allows it to be, nearly. */
const HUGE_EVERY = 1_500;
const HUGE_BYTES = 200_000;

/** Writes the statement of an execution; equal options give equal text. */
export function writeStatement({ seed, number, style, database, at }: StatementOptions): Statement {
  const random = createRandom(seed, 'statement', number);
  const template = random.pick(BY_STYLE.get(style) ?? SQL_TEMPLATES);
  const read = new Set<string>();
  const written = new Set<string>();
  const metadata = new Set<string>();
  const spell = spelling(random, database);
  const day = new Date(at).toISOString().slice(0, 10);
  const isHuge = number % HUGE_EVERY === HUGE_EVERY - 1 && template.substatement === 'SELECT';
  const text = template.text.replace(/\{([a-z$]+)(?::([^}]+))?\}/g, (_, hole: string, name: string | undefined) => {
    if (name === undefined) return fill(hole, { random, day });
    if (hole === 'u') {
      written.add(`${name}${day}/`);
      return name;
    }
    const suffix = hole.startsWith('r$') ? hole.slice(1) : '';
    if (hole === 'h' || suffix !== '') metadata.add(labelOf(name));
    else (hole === 'r' ? read : written).add(labelOf(name));
    if (suffix !== '') read.add(labelOf(name).replace(/[^.]+$/, (table) => `"${table}${suffix}"`));
    if (hole === 'h' || hole === 'x') return name;
    if (hole === 'xb') return name.replace('.', '`.`');
    return spell(name, suffix);
  });
  return {
    text: isHuge ? lengthened(text, random) : text,
    type: template.type,
    substatement: template.substatement,
    tablesRead: [...read].sort(),
    tablesWritten: [...written].sort(),
    metadataTables: [...metadata].sort(),
    scanBytes: template.scanMb * 1_000_000,
  };
}

const STYLES: readonly SqlStyle[] = ['analyst', 'bi', 'dbt', 'etl', 'finance', 'ml', 'ops'];
const BY_STYLE = new Map(
  STYLES.map((style) => [style, SQL_TEMPLATES.filter((template) => template.styles.includes(style))]),
);

function labelOf(name: string): string {
  return name.split('.').length === 3 ? name : `awsdatacatalog.${name}`;
}

/** Chooses how this author writes table names; names of another catalog always have three parts. */
function spelling(random: Random, database: string | null): (name: string, suffix: string) => string {
  const habit = random.int(0, 5);
  return (name, suffix) => {
    const parts = name.split('.');
    const last = parts.length - 1;
    if (suffix !== '') return parts.map((part, i) => `"${part}${i === last ? suffix : ''}"`).join('.');
    if (parts.length === 3) return habit === 2 ? parts.map((part) => `"${part}"`).join('.') : name;
    const [schema = '', table = ''] = parts;
    if (habit <= 1 && schema === database) return habit === 0 ? table : table.toUpperCase();
    if (habit === 2) return `"${schema}"."${table}"`;
    if (habit === 3) return `"AwsDataCatalog"."${schema}"."${table}"`;
    if (habit === 4) return `awsdatacatalog.${name}`;
    return name;
  };
}

function fill(hole: string, { random, day }: { random: Random; day: string }): string {
  switch (hole) {
    case 'day':
      return day;
    case 'n':
      return String(random.int(100, 999_999));
    case 'small':
      return String(random.int(1, 9));
    case 'country':
      return random.pick(['DE', 'US', 'BR', 'JP', 'NG', 'IN', 'FR']);
    case 'uuid':
      return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
    case 'ids':
      return Array.from({ length: random.int(1, 12) }, () => String(random.int(1, 5_000_000))).join(', ');
    default:
      throw new Error(`a SQL template has a hole named ${hole}, which nothing fills`);
  }
}

/** Appends an OR over thousands of ids, as generated queries have. */
function lengthened(text: string, random: Random): string {
  const ids: string[] = [];
  for (let bytes = 0; bytes < HUGE_BYTES; bytes += 12) ids.push(`'${random.hex(8)}'`);
  return `SELECT * FROM (\n${text}\n) AS everything\nWHERE '0' NOT IN (${ids.join(', ')})`;
}
