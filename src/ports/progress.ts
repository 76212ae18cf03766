import type { NotReadNote } from '../cloudtrail/not-read.js';
import type { Reach } from './start-source.js';

/** What a long run tells while it works. Numbers only, no SQL. */
export type ProgressEvent =
  | {
      readonly kind: 'scan';
      readonly source: string;
      readonly read: number;
      readonly coveredMs: number;
      readonly totalMs: number;
      readonly calls: number;
      readonly throttled: number;
      /** Of sources that read files: takes the place of time. */
      readonly reach?: Reach;
    }
  | {
      /** Files that are read before the scan: exported executions. */
      readonly kind: 'read';
      /** What the files hold, in words. */
      readonly what: string;
      readonly read: number;
      readonly reach: Reach;
    }
  | {
      /** Athena's own lists, read to close a day. */
      readonly kind: 'list';
      readonly reportDate: string;
      readonly accountId: string;
      readonly region: string;
      readonly ids: number;
      /** Workgroups of the place that are read, and in all; absent where the source does not know. */
      readonly workGroups?: { readonly done: number; readonly all: number };
    }
  | {
      readonly kind: 'hour';
      readonly reportDate: string;
      readonly hour: number;
      readonly rows: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'reject'; readonly origin: string; readonly reason: string }
  | ({ readonly kind: 'not-read' } & NotReadNote)
  | { readonly kind: 'warning'; readonly message: string };

export type Progress = (event: ProgressEvent) => void;
