import { tmpdir } from 'node:os';
import { type Execution, type ExecutionAnswer, isTerminal } from '../../athena/execution.js';
import { createExecutionIndex } from '../../athena/execution-index.js';
import { readExecution } from '../../athena/read-execution.js';
import type { Window } from '../../calendar/window.js';
import type { Reject } from '../../cloudtrail/start.js';
import type { ExecutionSource, ExecutionWitness, WitnessedExecution } from '../../ports/execution-source.js';
import { describe } from '../aws/aws-failure.js';
import { createCounts } from '../aws/counts.js';
import { chooseSplitter } from '../content/choose-splitter.js';
import { gunzipStream } from '../content/gunzip-stream.js';
import type { Piece, Splitter } from '../content/json-splitter.js';
import { openTrailFolder } from '../trail/folder-trail-bucket.js';
import type { TrailBucket } from '../trail/list-trail.js';
import { createSpill, type Spill } from './execution-spill.js';

export interface ExecutionExportOptions {
  /** Folder, file or bucket that holds the export. */
  readonly bucket: TrailBucket;
  readonly prefix?: string;
  /** For the texts while the run lasts; a memory of about 150 bytes an execution is all that is needed beside it. */
  readonly tempFolder: string;
  readonly maxFileBytes?: number;
}

/** Nothing of an export could be used: it is damaged, or something else. */
export class UnreadableExport extends Error {
  override readonly name = 'UnreadableExport';
}

/** Executions out of files instead of Athena. */
export interface ExecutionExport extends ExecutionSource, ExecutionWitness {
  /** Reads the export; `fetch` and `witness` do so themselves when nobody has. */
  load(signal?: AbortSignal): Promise<void>;
  /** Entries and files that could not be used, with their reasons; filled when the export is read. */
  rejects(): readonly Reject[];
  /** Removes the temporary file. */
  close(): void;
}

const MAX_ENTRY_BYTES = 4 * 2 ** 20;
const KEPT_REJECTS = 10_000;
const WITNESSED_AT_ONCE = 1000;
const HOUR_MS = 3_600_000;
const EXPORT_NAME = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;
const LISTS = new Set([
  'QueryExecutions',
  'queryExecutions',
  'UnprocessedQueryExecutionIds',
  'unprocessedQueryExecutionIds',
]);

/**
 * Opens an export at a local path and reads it.
 * @throws Error naming the path when it does not exist
 */
export async function openExecutionExport(path: string, signal?: AbortSignal): Promise<ExecutionExport> {
  const source = createExecutionExport({ bucket: await openTrailFolder(path), tempFolder: tmpdir() });
  await source.load(signal);
  return source;
}

/**
 * Reads exported executions: output of `get-query-execution` and `batch-get-query-execution`, arrays, JSON lines, documents one after
 * the other, gzip or not. Of several observations of one execution the best is kept, whatever the order. Texts lie in a
 * temporary file, so an export of millions of executions needs little memory. Ids that the export lacks are answered `unknown`.
 * @throws UnreadableExport when there is no readable entry at all; Error when the place cannot be listed or its files vanish
 */
export function createExecutionExport(options: ExecutionExportOptions): ExecutionExport {
  const counts = createCounts(['entries', 'executions', 'files', 'rejects']);
  const rejects: Reject[] = [];
  const index = createExecutionIndex();
  const unprocessed = new Map<string, string>();
  /** Where executions lie, by the UTC hour of their submission; better observations leave outdated places behind. */
  const byHour = new Map<number, number[]>();
  let spill: Spill | null = null;
  let loading: Promise<void> | null = null;

  return {
    load: loaded,
    async fetch(ids, signal) {
      await loaded(signal);
      return [...new Set(ids)].map(answer);
    },
    async *witness(window, signal) {
      await loaded(signal);
      for (let hour = hourOf(window.start); hour * HOUR_MS < window.end; hour++) yield* submittedIn(hour, window);
    },
    account: () => ({ kind: 'execution-export', accountId: null, region: null, counts: counts.all() }),
    rejects: () => rejects,
    close() {
      spill?.close();
      spill = null;
      loading = null;
      index.clear();
      byHour.clear();
    },
  };

  function loaded(signal?: AbortSignal): Promise<void> {
    loading ??= load(signal).catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function load(signal?: AbortSignal): Promise<void> {
    const { bucket, prefix = '' } = options;
    for await (const { key } of bucket.list(prefix, null, signal)) {
      if (!bucket.isSingleFile && !EXPORT_NAME.test(key)) {
        counts.add('filesOfOtherKinds', 1);
        continue;
      }
      counts.add('files', 1);
      await loadFile(bucket, key, signal);
    }
    counts.add('executions', index.size);
    mustBeReadable(bucket.location);
  }

  /** An empty list says that nothing ran; files without one readable entry say nothing. */
  function mustBeReadable(location: string): void {
    if (index.size + unprocessed.size > 0 || (counts.get('files') > 0 && rejects.length === 0)) return;
    const [first] = rejects;
    throw new UnreadableExport(
      first
        ? `not one execution could be read from ${location}: ${counts.get('rejects')} entries or files could not be used, the first is ${first.origin}: ${first.reason}`
        : `${location} holds no file of exported executions (.json, .jsonl, .ndjson, with or without .gz)`,
    );
  }

  async function loadFile(bucket: TrailBucket, key: string, signal: AbortSignal | undefined): Promise<void> {
    const origin = bucket.isSingleFile ? bucket.location : `${bucket.location.replace(/\/$/, '')}/${key}`;
    let splitter: Splitter | null = null;
    const { maxFileBytes = 64 * 2 ** 30 } = options;
    let length = 0;
    try {
      for await (const chunk of gunzipStream({ open: () => bucket.get(key, signal) }, maxFileBytes)) {
        if (typeof chunk === 'string') {
          reject(origin, chunk, '');
          break;
        }
        signal?.throwIfAborted();
        length += chunk.length;
        if (length > maxFileBytes) {
          reject(origin, `the file unpacks to more than ${maxFileBytes} bytes`, '');
          break;
        }
        splitter ??= chooseSplitter(key, chunk.subarray(0, 65_536), { lists: LISTS, maxValueBytes: MAX_ENTRY_BYTES });
        for (const piece of splitter.push(chunk)) take(piece, origin);
      }
      for (const piece of splitter?.end() ?? []) take(piece, origin);
    } catch (error) {
      signal?.throwIfAborted();
      reject(origin, `the file could not be read: ${describe(error)}`, '');
    }
    if (length === 0) reject(origin, 'the file is empty', '');
  }

  function take(piece: Piece, file: string): void {
    const origin = `${file}#${piece.offset}`;
    const text = piece.bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (piece.kind === 'broken') {
      reject(origin, piece.reason, text);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      reject(origin, 'the entry is not JSON', text);
      return;
    }
    const isUnprocessed = piece.list?.toLowerCase() === 'unprocessedqueryexecutionids';
    for (const entry of isUnprocessed ? [] : executionsIn(value)) {
      counts.add('entries', 1);
      const execution = readExecution(entry);
      if (typeof execution === 'string') reject(origin, execution, JSON.stringify(entry));
      else keep(execution);
    }
    if (isUnprocessed) noteUnprocessed(value);
  }

  /** An export may say itself why an execution is missing. */
  function noteUnprocessed(value: unknown): void {
    const { QueryExecutionId: id, ErrorCode: code, ErrorMessage: message } = isRecord(value) ? value : {};
    if (typeof id === 'string')
      unprocessed.set(id, [code, message].filter((part) => typeof part === 'string').join(': '));
  }

  function keep(execution: Execution): void {
    spill ??= createSpill(options.tempFolder);
    const { queryExecutionId } = execution;
    const at = index.get(queryExecutionId);
    if (at !== undefined && !isBetter(execution, JSON.parse(spill.read(at)) as Execution)) return;
    const place = spill.append(JSON.stringify(execution));
    index.set(queryExecutionId, place);
    if (execution.submittedAt === null) return;
    const hour = hourOf(execution.submittedAt);
    const places = byHour.get(hour);
    if (places) places.push(place);
    else byHour.set(hour, [place]);
  }

  function answer(queryExecutionId: string): ExecutionAnswer {
    const execution = executionOf(queryExecutionId);
    if (execution) return { queryExecutionId, outcome: 'found', origin: 'export', execution };
    const reason = unprocessed.get(queryExecutionId);
    if (reason !== undefined && /not_?found|was not found/i.test(reason)) {
      return { queryExecutionId, outcome: 'not_found', origin: 'export', reason };
    }
    return { queryExecutionId, outcome: 'unknown', origin: 'export' };
  }

  function executionOf(id: string): Execution | null {
    const at = index.get(id);
    return at === undefined || !spill ? null : (JSON.parse(spill.read(at)) as Execution);
  }

  function* submittedIn(hour: number, window: Window): Generator<readonly WitnessedExecution[]> {
    let seen: WitnessedExecution[] = [];
    for (const place of byHour.get(hour) ?? []) {
      if (!spill) return;
      const { queryExecutionId, submittedAt } = JSON.parse(spill.read(place)) as Execution;
      if (submittedAt === null || submittedAt < window.start || submittedAt >= window.end) continue;
      if (index.get(queryExecutionId) !== place) continue;
      if (seen.push({ queryExecutionId, submittedAt, principalArn: null }) < WITNESSED_AT_ONCE) continue;
      yield seen;
      seen = [];
    }
    if (seen.length > 0) yield seen;
  }

  function reject(origin: string, reason: string, raw: string): void {
    counts.add('rejects', 1);
    if (rejects.length < KEPT_REJECTS) rejects.push({ kind: 'reject', reason, eventTime: null, raw, origin });
  }
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS);
}

/** Finds the executions in a document: itself, or inside the answers of the API, however often wrapped in arrays. */
function* executionsIn(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const item of value) yield* executionsIn(item);
    return;
  }
  const { QueryExecution, queryExecution, QueryExecutions, queryExecutions } = isRecord(value) ? value : {};
  const inner = QueryExecution ?? queryExecution ?? QueryExecutions ?? queryExecutions;
  if (inner === undefined) yield value;
  else yield* executionsIn(inner);
}

/** Prefers the final state, then the later one, then the one that says more; equal in all that, the text decides. */
function isBetter(a: Execution, b: Execution): boolean {
  const ranks = [
    (each: Execution) => Number(isTerminal(each.state)),
    (each: Execution) => each.completedAt ?? -1,
    (each: Execution) => Number(each.query !== null),
    (each: Execution) => each.totalMs ?? -1,
    (each: Execution) => each.dataScannedBytes ?? -1,
  ];
  for (const rank of ranks) if (rank(a) !== rank(b)) return rank(a) > rank(b);
  return JSON.stringify(a) > JSON.stringify(b);
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
