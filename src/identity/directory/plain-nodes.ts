import type { DocumentNodes, Members } from './document-nodes.js';
import type { Plain, PlainMap } from './plain-value.js';
import { readPlainYaml } from './plain-yaml.js';

/** Reads JSON, or YAML without its rarer forms; null for anything else. Lines are not known. */
export function plainNodes(text: string): DocumentNodes<Plain> | null {
  const root = /^\s*[{[]/.test(text) ? readJson(text) : readPlainYaml(text);
  if (root === undefined) return null;
  return {
    root,
    problems: [],
    isEmpty: (node) => node === null || node === '',
    membersOf: (node) => (isPlainMap(node) ? new PlainMembers(node) : null),
    itemsOf: (node) => (Array.isArray(node) ? node : null),
    textOf(node) {
      if (typeof node === 'string') return node.trim() === '' ? null : node.trim();
      return typeof node === 'number' && Number.isSafeInteger(node) ? String(node) : null;
    },
    isAlias: () => false,
    lineOf: () => 1,
  };
}

function isPlainMap(node: Plain): node is PlainMap {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function readJson(text: string): Plain | undefined {
  try {
    return JSON.parse(text) as Plain;
  } catch {
    // Flow YAML looks alike; the reader of YAML says what is wrong, and where.
    return undefined;
  }
}

/** Made once for each person: it looks at the map instead of copying it. */
class PlainMembers implements Members<Plain> {
  readonly #map: PlainMap;
  constructor(map: PlainMap) {
    this.#map = map;
  }
  get names(): readonly string[] {
    return Object.keys(this.#map);
  }
  get(name: string): Plain | undefined {
    return Object.hasOwn(this.#map, name) ? (this.#map[name] ?? undefined) : undefined;
  }
  keyOf(name: string): Plain {
    return name;
  }
}
