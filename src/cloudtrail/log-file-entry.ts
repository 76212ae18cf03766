/** What tells one log file from another under the same name. */
export interface LogFileIdentity {
  /** Below the folder of its day. */
  readonly name: string;
  readonly size: number;
  /** Changes whenever the file is written: of S3 its ETag and when it was written; of a folder device, inode and times. */
  readonly tag: string;
  /** What of it people are told: of S3 its ETag and when it was written; of a folder when. */
  readonly version: string;
}

/** From the first to the last of some times, epoch milliseconds, both inclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Starts that were taken from a file into the evidence of one hour. */
export interface TakenStarts {
  /** When one of them happened. */
  readonly at: number;
  /** Of each line 16 bytes of its SHA-256, one after another, in base64; a line that stands twice in the file stands twice here. */
  readonly lines: string;
}

/** An event that tells on behalf of whom a credential acts: of each credential a scan takes the earliest only. */
export interface Teller {
  /** Of which credential it tells what. */
  readonly credential: string;
  readonly at: number;
  readonly isTaken: boolean;
}

/**
 * All that one reading found in a log file, so that the file need not be read again. There is none of a file that held something
 * which could not be used.
 */
export interface LogFileEntry extends LogFileIdentity {
  /** By the folder of the hour (`2025-08-28/h01`). */
  readonly hours: Readonly<Record<string, TakenStarts>>;
  /** Folders of the days into which links were taken (`2025-08-28/day`). */
  readonly days: readonly string[];
  /** When those happened that nobody wanted then; null where nothing was left. */
  readonly left: { readonly starts: Span | null; readonly links: Span | null };
  readonly tellers: readonly Teller[];
}

/** What a scan wants of the files that it lists; half-open. */
export interface WantedTimes {
  readonly window: { readonly start: number; readonly end: number };
  readonly linkWindow: { readonly start: number; readonly end: number };
}

/** Tells whether a file may hold something that a scan wants and that the reading of the entry has left in it. */
export function holdsMore({ left }: LogFileEntry, { window, linkWindow }: WantedTimes): boolean {
  return meets(left.starts, window) || meets(left.links, linkWindow);
}

export function isSameFile(a: LogFileIdentity, b: LogFileIdentity): boolean {
  return a.name === b.name && a.size === b.size && a.tag === b.tag;
}

/** What two readings of the same file took from it together. */
export function joinReadings(a: LogFileEntry, b: LogFileEntry): LogFileEntry {
  const taken = new Set([...a.tellers, ...b.tellers].filter(({ isTaken }) => isTaken).map(tellerKey));
  return {
    ...b,
    // An hour is taken whole or not at all: of one that both took, both say the same.
    hours: { ...a.hours, ...b.hours },
    days: [...new Set([...a.days, ...b.days])].sort(),
    // What neither took lies in what each left.
    left: { starts: meeting(a.left.starts, b.left.starts), links: meeting(a.left.links, b.left.links) },
    tellers: b.tellers.map((teller) => ({ ...teller, isTaken: taken.has(tellerKey(teller)) })),
  };
}

/** The span that reaches to a time, too. */
export function reaching(span: Span | null, time: number): Span {
  return span === null ? { from: time, to: time } : { from: Math.min(span.from, time), to: Math.max(span.to, time) };
}

function meets(span: Span | null, window: { readonly start: number; readonly end: number }): boolean {
  return span !== null && span.from < window.end && span.to >= window.start;
}

function meeting(a: Span | null, b: Span | null): Span | null {
  if (a === null || b === null) return null;
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.from <= both.to ? both : null;
}

function tellerKey({ credential, at }: Teller): string {
  return `${at} ${credential}`;
}
