import { build } from 'esbuild';

/** What Trino's own grammar finds in a statement; null when it does not parse it. */
export interface OracleAnswer {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export type Oracle = (sql: string) => OracleAnswer | null;

export interface Node {
  readonly children?: readonly Node[] | null;
  readonly getText: () => string;
}

export interface Grammar {
  /** Returns the tree, or null when there was a syntax error. */
  readonly parse: (sql: string) => Node | null;
  readonly typeOf: (node: Node) => string;
}

const WRITING_PARENTS = new Set([
  'InsertIntoContext',
  'DeleteContext',
  'UpdateContext',
  'MergeContext',
  'TruncateTableContext',
  'DropTableContext',
  'DropViewContext',
  'RenameTableContext',
  'RenameViewContext',
]);
const NAMES = new Set(['TableRefContext', 'ViewRefContext', 'TableNameCreateContext', 'ViewNameCreateContext']);

/** Loads the grammar with our own visitor, because the package's own lists common tables as tables. */
export async function loadTrinoOracle(): Promise<Oracle> {
  const grammar = await loadTrinoGrammar();
  return (sql) => {
    const tree = grammar.parse(`${sql};`);
    return tree === null ? null : readTree(tree, grammar);
  };
}

/**
 * Loads the Trino grammar of dt-sql-parser (a test dependency). Its build imports directories, which Node refuses, so
 * it is bundled first.
 */
export async function loadTrinoGrammar(): Promise<Grammar> {
  const bundle = await build({
    stdin: { contents: ENTRY, resolveDir: process.cwd(), loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    keepNames: true,
    logLevel: 'silent',
  });
  const code = bundle.outputFiles[0]?.text ?? '';
  return await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

const ENTRY = `
import { CharStreams, CommonTokenStream } from 'antlr4ng';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import { TrinoSqlParser } from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
export function parse(sql) {
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql));
  lexer.removeErrorListeners();
  const parser = new TrinoSqlParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  const tree = parser.program();
  return parser.numberOfSyntaxErrors > 0 ? null : tree;
}
export function typeOf(node) {
  return node.constructor.name;
}
`;

function readTree(root: Node, { typeOf }: Grammar): OracleAnswer {
  const reads = new Set<string>();
  const writes = new Set<string>();
  visit(root, '', new Set());
  return { reads: [...reads].sort(), writes: [...writes].sort() };

  function visit(node: Node, parent: string, commonTables: ReadonlySet<string>): void {
    const type = typeOf(node);
    const children = node.children ?? [];
    if (NAMES.has(type)) {
      const parts = children.map((child) => child.getText()).filter((text) => text !== '.');
      const name = parts.map(normalName).join('.');
      if (type.endsWith('CreateContext') || WRITING_PARENTS.has(parent)) writes.add(name);
      else if (parts.length > 1 || !commonTables.has(name)) reads.add(name);
      return;
    }
    // A query with WITH: each common table sees the ones before it, itself only when recursive.
    const withClause = children.find((child) => typeOf(child) === 'WithContext');
    let visible = commonTables;
    for (const child of children) {
      if (child !== withClause) {
        visit(child, type, visible);
        continue;
      }
      const isRecursive = child.children?.some((each) => each.getText().toLowerCase() === 'recursive') ?? false;
      for (const named of child.children ?? []) {
        if (typeOf(named) !== 'NamedQueryContext') continue;
        const name = normalName(named.children?.[0]?.getText() ?? '');
        visit(named, 'WithContext', isRecursive ? new Set([...visible, name]) : visible);
        visible = new Set([...visible, name]);
      }
    }
  }
}

function normalName(text: string): string {
  const bare = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  const name = bare.toLowerCase();
  return /^[\p{L}\p{N}_]+$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
