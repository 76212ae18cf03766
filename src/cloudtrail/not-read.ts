/**
 * A file, or a part of one, that lies where evidence is read and that could not be read: whatever it holds is missing. It becomes a
 * finding of every hour that it may concern, until somebody accepts it.
 */
export interface NotRead {
  readonly kind: 'not-read';
  /** The file as it was met, with its place (`s3://bucket/key`, `folder/file.zip`), or the folder of many alike. */
  readonly name: string;
  /** What it is, or why it could not be read. */
  readonly reason: string;
  /** What to do so that it can be read, or need not be. */
  readonly wayOut: string;
  /** Epoch milliseconds, half-open: events that it may hold happened in here; null when nothing tells. */
  readonly mayHold: { readonly from: number; readonly to: number } | null;
}

/** Tells whether events of a window may be in what was not read. */
export function mayConcern(notRead: NotRead, window: { readonly start: number; readonly end: number }): boolean {
  const { mayHold } = notRead;
  return mayHold === null || (mayHold.from < window.end && mayHold.to > window.start);
}

/** The part of it that is kept in manifests. */
export interface NotReadNote {
  readonly name: string;
  readonly reason: string;
  readonly wayOut: string;
}
