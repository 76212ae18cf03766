/** A piece of a file: one JSON value (not yet parsed), or bytes that are none. */
export type Piece =
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly offset: number; readonly list: string | null }
  | { readonly kind: 'broken'; readonly bytes: Buffer; readonly offset: number; readonly reason: string };

/** Cuts bytes into pieces as they arrive; `end` says that no more will come and hands out what is left. */
export interface Splitter {
  push(chunk: Buffer): Piece[];
  end(): Piece[];
  /** Whether the last object whose lists were cut has a member, not empty, of `SplitterOptions.marks`. */
  readonly isMarked?: boolean;
}

export interface SplitterOptions {
  /** Members of a top-level object whose lists are cut into their items (`Records`). */
  readonly lists: ReadonlySet<string>;
  /** Members beside such a list whose texts are looked for (`NextToken`). */
  readonly marks?: ReadonlySet<string>;
  /** A longer value becomes a broken piece that holds only its first bytes. */
  readonly maxValueBytes: number;
}
