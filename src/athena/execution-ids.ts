import { createIdTable, type IdTable, parseId } from './id-table.js';

/** Ids of executions, to look up. */
export interface ExecutionIds {
  has(id: string): boolean;
  add(id: string): void;
  readonly size: number;
}

/** Makes a set for millions of ids: 21 to 43 bytes each, where a `Set` of texts takes some hundred. */
export function createExecutionIds(): ExecutionIds {
  const others = new Set<string>();
  let table: IdTable = createIdTable();
  return {
    has(id) {
      const words = parseId(id);
      return words ? table.find(words) >= 0 : others.has(id);
    },
    add(id) {
      const words = parseId(id);
      if (!words) {
        others.add(id);
        return;
      }
      if (table.isFull()) table = grown(table);
      table.put(words);
    },
    get size() {
      return table.size + others.size;
    },
  };
}

function grown(table: IdTable): IdTable {
  const larger = createIdTable(table.slots * 2);
  for (const { words } of table.entries()) larger.put(words);
  return larger;
}
