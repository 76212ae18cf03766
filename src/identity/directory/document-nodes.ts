import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

/** Something wrong in a directory file. */
export interface DirectoryProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The members of a map. */
export interface Members<N> {
  readonly names: readonly string[];
  /** Undefined for a member that is not there, or empty. */
  get(name: string): N | undefined;
  /** The node that bears the name. */
  keyOf(name: string): N;
}

/** How a document is taken apart, whatever its nodes are made of. */
export interface DocumentNodes<N> {
  /** Null for an empty document. */
  readonly root: N | null;
  /** Why it is no YAML or JSON at all. */
  readonly problems: readonly DirectoryProblem[];
  isEmpty(node: N): boolean;
  /** Null when it is no map. */
  membersOf(node: N): Members<N> | null;
  itemsOf(node: N): readonly N[] | null;
  /** A text or a number as it is written; null for anything else. */
  textOf(node: N): string | null;
  /** True for a YAML anchor's alias, which stands for text elsewhere. */
  isAlias(node: N): boolean;
  /** From 1. */
  lineOf(node: N): number;
}

/** Reads YAML, of which JSON is a part, into nodes that know their lines. */
export function yamlNodes(text: string): DocumentNodes<Node> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const problems = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    message: `not readable as YAML or JSON: ${message}`,
  }));
  return {
    root: problems.length > 0 ? null : (document.contents as Node | null),
    problems,
    isEmpty: (node) => isScalar(node) && (node.value === null || node.value === ''),
    membersOf(node) {
      if (!isMap(node)) return null;
      const { items } = node as YAMLMap<Node, Node | null>;
      const members = new Map(items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', { key, value }]));
      return {
        names: [...members.keys()],
        get: (name) => members.get(name)?.value ?? undefined,
        keyOf: (name) => members.get(name)?.key ?? node,
      };
    },
    itemsOf: (node) => (isSeq(node) ? (node.items as Node[]) : null),
    textOf(node) {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      if (typeof value !== 'number' && typeof value !== 'bigint') return null;
      // An account id or a user number: as it is written, zeros in front included.
      return (isScalar(node) && node.source) || String(value);
    },
    isAlias,
    lineOf: (node) => lines.linePos(node.range?.[0] ?? 0).line || 1,
  };
}
