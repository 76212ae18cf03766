import type { DirectoryProblem, DocumentNodes, Members } from './document-nodes.js';
import { nearestName } from './nearest-name.js';

/** Takes the nodes of a document apart and keeps what is wrong with them, with the line. */
export interface DocumentReader<N> {
  report(node: N, message: string): void;
  lineOf(node: N): number;
  /** In the order of the lines. */
  problems(): readonly DirectoryProblem[];
  /** The members of a map; null (and a report, unless the node is empty) when it is none. */
  fields(node: N | null, what: string, known: ReadonlySet<string>): Pick<Members<N>, 'get'> | null;
  /** All members of a map with their texts; null (and a report) when it is none. */
  texts(node: N | undefined, what: string): Readonly<Record<string, string>> | null;
  items(node: N | undefined, what: string): readonly N[];
  text(
    node: N | undefined,
    options: { readonly of: string; readonly owner: N; readonly isRequired?: boolean },
  ): string | null;
  /** Where one or the other may stand. */
  isMap(node: N): boolean;
  isList(node: N): boolean;
}

export function createReader<N>(nodes: DocumentNodes<N>): DocumentReader<N> {
  const found: DirectoryProblem[] = [...nodes.problems];
  const report = (node: N | null, message: string) => {
    found.push({ line: node === null ? 1 : nodes.lineOf(node), message });
  };
  function text(
    node: N | undefined,
    options: { readonly of: string; readonly owner: N; readonly isRequired?: boolean },
  ): string | null {
    const value = node === undefined ? null : nodes.textOf(node);
    if (value !== null) return value;
    if (node === undefined || nodes.isEmpty(node)) {
      if (options.isRequired) report(options.owner, `the ${options.of} is missing`);
    } else if (nodes.isAlias(node)) report(node, `${options.of}: YAML anchors are not supported, write the value`);
    else report(node, `${options.of} must be a text`);
    return null;
  }
  return {
    report,
    lineOf: nodes.lineOf,
    problems: () => [...found].sort((a, b) => a.line - b.line),
    isMap: (node) => nodes.membersOf(node) !== null,
    isList: (node) => nodes.itemsOf(node) !== null,
    fields(node, what, known) {
      if (node === null || nodes.isEmpty(node)) return NO_MEMBERS;
      const members = nodes.membersOf(node);
      if (members === null) {
        report(node, `${what} must be a map with ${[...known].join(', ')}`);
        return null;
      }
      for (const name of members.names) {
        if (known.has(name)) continue;
        report(members.keyOf(name), `unknown key "${name}" in ${what}${suggestion(name, [...known])}`);
      }
      return members;
    },
    texts(node, what) {
      const members = node === undefined ? null : nodes.membersOf(node);
      if (node === undefined || members === null) {
        if (node !== undefined) report(node, `${what} must be a map`);
        return null;
      }
      const texts: Record<string, string> = Object.create(null);
      for (const name of members.names) {
        const owner = members.keyOf(name);
        const member = text(members.get(name), { of: `${what}: ${name}`, owner, isRequired: true });
        if (member !== null) texts[name] = member;
      }
      return texts;
    },
    items(node, what) {
      if (node === undefined || nodes.isEmpty(node)) return [];
      const items = nodes.itemsOf(node);
      if (items === null) report(node, `${what} must be a list`);
      return items ?? [];
    },
    text,
  };
}

const NO_MEMBERS = { get: () => undefined };

/** `; did you mean "people"?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : `; did you mean "${nearest}"?`;
}
