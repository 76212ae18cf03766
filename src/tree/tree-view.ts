import type { ReportStore } from '../ports/report-store.js';

/** A tree of a forest as a store of its own; `tree` ends in `/`, or is empty for the store itself. */
export function treeView(store: ReportStore, tree: string): ReportStore {
  if (tree === '') return store;
  return {
    location: `${store.location.replace(/\/$/, '')}/${tree.slice(0, -1)}`,
    read: (key) => store.read(tree + key),
    stream: (key) => store.stream(tree + key),
    tagOf: (key) => store.tagOf(tree + key),
    write: (key, content, condition) => store.write(tree + key, content, condition),
    async *list(prefix) {
      for await (const { key, bytes } of store.list(tree + prefix)) yield { key: key.slice(tree.length), bytes };
    },
    remove: (key) => store.remove(tree + key),
  };
}
