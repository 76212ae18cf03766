/** Bytes at a key. `tag` changes with every write of the key (an ETag). */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** Content to store: bytes, or a function that streams them (and may be called again for a retry). */
export type Content = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** An object that a store lists. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written, epoch milliseconds; absent where a list does not tell. */
  readonly modifiedAt?: number;
}

/** What must hold for a write: the key is absent, holds this tag, or anything. */
export type WriteCondition = { readonly absent: true } | { readonly tag: string } | 'any';

/**
 * Keeps reports, manifests and working files under one root. Keys use `/`, never start with one, and have no `..`.
 * A write is atomic: readers see the old bytes or the new.
 */
export interface ReportStore {
  /** For messages: a folder or `s3://bucket/prefix`. */
  readonly location: string;
  read(key: string): Promise<StoredObject | null>;
  /** Reads a large object in pieces; null when the key is absent. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Returns the tag of the key, null when it is absent. */
  tagOf(key: string): Promise<string | null>;
  /** @throws WriteConflict when the condition does not hold. */
  write(key: string, content: Content, condition: WriteCondition): Promise<{ readonly tag: string }>;
  /** Yields the keys under a prefix (a folder path ending in `/`, or empty) in ascending order of their bytes. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Removes a key; an absent key is no error. */
  remove(key: string): Promise<void>;
}

/** A write met a key that another run has changed meanwhile. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
  readonly key: string;
  constructor(key: string) {
    super(`another run changed ${key} meanwhile`);
    this.key = key;
  }
}
