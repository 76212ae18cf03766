import type { ReportStore } from '../ports/report-store.js';
import { type ParsedKey, parseKey } from './layout.js';

/** A file of a tree or forest. */
export type ListedKey<K extends ParsedKey['kind'] = ParsedKey['kind']> = Extract<ParsedKey, { readonly kind: K }> & {
  readonly key: string;
  readonly bytes: number;
};

/** Lists what lies under a folder of a root (the whole root by default), each with what it is, in ascending order of keys. */
export async function* listKeys(store: ReportStore, folder = ''): AsyncGenerator<ListedKey> {
  for await (const { key, bytes } of store.list(folder)) yield { ...parseKey(key), key, bytes };
}
