import { createIdTable, type IdTable, parseId } from './id-table.js';

/** Where executions lie, by id. */
export interface ExecutionIndex {
  readonly size: number;
  get(id: string): number | undefined;
  /** Notes a place, 0 or more; a later one replaces it. */
  set(id: string, at: number): void;
  clear(): void;
}

/** Makes an index for millions of ids: 32 to 64 bytes each, where a map of texts takes over a hundred. */
export function createExecutionIndex(): ExecutionIndex {
  const others = new Map<string, number>();
  let table: IdTable = createIdTable();
  let places = new Float64Array(table.slots);

  return {
    get size() {
      return table.size + others.size;
    },
    get(id) {
      const words = parseId(id);
      if (!words) return others.get(id);
      const slot = table.find(words);
      return slot < 0 ? undefined : places[slot];
    },
    set(id, at) {
      const words = parseId(id);
      if (!words) {
        others.set(id, at);
        return;
      }
      if (table.isFull()) grow();
      places[table.put(words)] = at;
    },
    clear() {
      table = createIdTable();
      places = new Float64Array(table.slots);
      others.clear();
    },
  };

  function grow(): void {
    const larger = createIdTable(table.slots * 2);
    const moved = new Float64Array(larger.slots);
    for (const { words, slot } of table.entries()) moved[larger.put(words)] = places[slot] as number;
    [table, places] = [larger, moved];
  }
}
