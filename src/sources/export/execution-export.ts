import { tmpdir } from 'node:os';
import type { Execution, ExecutionAnswer } from '../../athena/execution.js';
import { readExecution } from '../../athena/read-execution.js';
import type { Window } from '../../calendar/window.js';
import { parseLogKey } from '../../cloudtrail/log-file-name.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import type { Reject } from '../../cloudtrail/start.js';
import type { ExecutionSource, ExecutionWitness, WitnessedExecution } from '../../ports/execution-source.js';
import type { Progress } from '../../ports/progress.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { describe } from '../aws/aws-failure.js';
import { createCounts } from '../aws/counts.js';
import { chooseSplitter } from '../content/choose-splitter.js';
import { FileProgress } from '../content/file-progress.js';
import { gunzipStream } from '../content/gunzip-stream.js';
import type { Piece, Splitter } from '../content/pieces.js';
import { openTrailFolder } from '../trail/folder-trail-bucket.js';
import type { TrailBucket } from '../trail/list-trail.js';
import { executionsIn, isRecord } from './executions-in.js';
import { KnownExecutions } from './known-executions.js';
import { UnreadExports } from './unread-exports.js';

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
  load(signal?: AbortSignal, progress?: Progress): Promise<void>;
  /** Entries and files that could not be used, with their reasons; filled when the export is read. */
  rejects(): readonly Reject[];
  /** Files of which something could not be used, and others that lie among them: what they hold is missing. Filled when the export is read. */
  notRead(): readonly NotRead[];
  /** Removes the temporary file. */
  close(): void;
}

const MAX_ENTRY_BYTES = 4 * 2 ** 20;
const KEPT_REJECTS = 10_000;
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
  return new FileExport(options);
}

class FileExport implements ExecutionExport {
  private readonly counts = createCounts(['entries', 'executions', 'files', 'rejects']);
  private readonly kept: Reject[] = [];
  private readonly unread = new UnreadExports();
  private readonly known: KnownExecutions;
  /** Ids that the export itself calls unprocessed, with its reason. */
  private readonly unprocessed = new Map<string, string>();
  private readonly options: ExecutionExportOptions;
  private reading = new FileProgress();
  private loading: Promise<void> | null = null;

  constructor(options: ExecutionExportOptions) {
    this.options = options;
    this.known = new KnownExecutions(options.tempFolder);
  }

  load(signal?: AbortSignal, progress: Progress = () => {}): Promise<void> {
    this.loading ??= this.readFiles(signal, progress).catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  async fetch(ids: readonly string[], signal?: AbortSignal): Promise<readonly ExecutionAnswer[]> {
    await this.load(signal);
    return [...new Set(ids)].map((id) => this.answer(id));
  }

  async *witness(window: Window, signal?: AbortSignal): AsyncGenerator<readonly WitnessedExecution[]> {
    await this.load(signal);
    yield* this.known.submittedIn(window);
  }

  account(): SourceAccount {
    return { kind: 'execution-export', accountId: null, region: null, counts: this.counts.all() };
  }

  rejects(): readonly Reject[] {
    return this.kept;
  }

  notRead(): readonly NotRead[] {
    return this.unread.all();
  }

  close(): void {
    this.known.close();
    this.loading = null;
  }

  private async readFiles(signal: AbortSignal | undefined, progress: Progress): Promise<void> {
    this.reading = new FileProgress();
    const tell = () =>
      progress({ kind: 'read', what: 'executions', read: this.counts.get('entries'), reach: this.reading.reach() });
    for await (const file of this.reading.listAhead(this.exportFiles(signal))) {
      this.counts.add('files', 1);
      await this.readFile(file.key, tell, signal);
      this.reading.done(file);
      tell();
    }
    this.counts.add('executions', this.known.size);
    this.mustBeReadable();
  }

  private async *exportFiles(signal: AbortSignal | undefined) {
    const { bucket, prefix = '' } = this.options;
    for await (const file of bucket.list(prefix, null, signal)) {
      if (bucket.isSingleFile || EXPORT_NAME.test(file.key)) {
        yield file;
        continue;
      }
      this.counts.add('filesOfOtherKinds', 1);
      if (parseLogKey(file.key).kind !== 'litter' && !file.key.endsWith('.md'))
        this.unread.addOther(this.originOf(file.key));
    }
  }

  private originOf(key: string): string {
    const { bucket } = this.options;
    return bucket.isSingleFile ? bucket.location : `${bucket.location.replace(/\/$/, '')}/${key}`;
  }

  /** An empty list says that nothing ran; files without one readable entry say nothing. */
  private mustBeReadable(): void {
    const { counts, kept, known, unprocessed } = this;
    const { location } = this.options.bucket;
    if (known.size + unprocessed.size > 0 || (counts.get('files') > 0 && kept.length === 0)) return;
    const [first] = kept;
    throw new UnreadableExport(
      first
        ? `not one execution could be read from ${location}: ${counts.get('rejects')} entries or files could not be used, the first is ${first.origin}: ${first.reason}`
        : `${location} holds no file of exported executions (.json, .jsonl, .ndjson, with or without .gz)`,
    );
  }

  private async readFile(key: string, tell: () => void, signal: AbortSignal | undefined): Promise<void> {
    const origin = this.originOf(key);
    try {
      const hasText = await this.readBytes({ key, origin, tell }, signal);
      if (!hasText) this.reject(origin, 'the file is empty', '');
    } catch (error) {
      signal?.throwIfAborted();
      this.reject(origin, `the file could not be read: ${describe(error)}`, '');
    }
  }

  /** Tells whether the file holds anything but blanks and control characters, unpacked, or something was said of it. */
  private async readBytes(
    { key, origin, tell }: { readonly key: string; readonly origin: string; readonly tell: () => void },
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { bucket, maxFileBytes = 64 * 2 ** 30 } = this.options;
    let splitter: Splitter | null = null;
    let length = 0;
    let hasText = false;
    for await (const chunk of gunzipStream({ open: () => this.counted(bucket.get(key, signal)) }, maxFileBytes)) {
      signal?.throwIfAborted();
      if (typeof chunk === 'string') {
        this.reject(origin, chunk, '');
        hasText = true;
        break;
      }
      length += chunk.length;
      hasText ||= chunk.some((byte) => byte > 0x20);
      if (length > maxFileBytes) {
        this.reject(origin, `the file unpacks to more than ${maxFileBytes} bytes`, '');
        break;
      }
      splitter ??= chooseSplitter(key, chunk.subarray(0, 65_536), { lists: LISTS, maxValueBytes: MAX_ENTRY_BYTES });
      for (const piece of splitter.push(chunk)) this.take(piece, origin);
      if (this.reading.isWorthTelling()) tell();
    }
    for (const piece of splitter?.end() ?? []) this.take(piece, origin);
    return hasText;
  }

  private async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.reading.begin();
    for await (const chunk of chunks) {
      this.reading.read(chunk.length);
      yield chunk;
    }
  }

  private take(piece: Piece, file: string): void {
    const origin = `${file}#${piece.offset}`;
    const text = piece.bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (piece.kind === 'broken') {
      this.reject(origin, piece.reason, text);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.reject(origin, 'the entry is not JSON', text);
      return;
    }
    if (piece.list?.toLowerCase() === 'unprocessedqueryexecutionids') this.noteUnprocessed(value);
    else for (const entry of executionsIn(value)) this.takeEntry(entry, origin);
  }

  private takeEntry(entry: unknown, origin: string): void {
    this.counts.add('entries', 1);
    const execution: Execution | string = readExecution(entry);
    const fault = typeof execution === 'string' ? execution : this.known.keep(execution);
    if (fault !== null) this.reject(origin, fault, JSON.stringify(entry));
  }

  /** An export may say itself why an execution is missing. */
  private noteUnprocessed(value: unknown): void {
    const { QueryExecutionId: id, ErrorCode: code, ErrorMessage: message } = isRecord(value) ? value : {};
    if (typeof id === 'string')
      this.unprocessed.set(id, [code, message].filter((part) => typeof part === 'string').join(': '));
  }

  private answer(queryExecutionId: string): ExecutionAnswer {
    const execution = this.known.get(queryExecutionId);
    if (execution) return { queryExecutionId, outcome: 'found', origin: 'export', execution };
    const reason = this.unprocessed.get(queryExecutionId);
    if (reason !== undefined && /not_?found|was not found/i.test(reason)) {
      return { queryExecutionId, outcome: 'not_found', origin: 'export', reason };
    }
    return { queryExecutionId, outcome: 'unknown', origin: 'export' };
  }

  private reject(origin: string, reason: string, raw: string): void {
    this.counts.add('rejects', 1);
    this.unread.addFault(origin.replace(/#\d+$/, ''), reason);
    if (this.kept.length < KEPT_REJECTS) this.kept.push({ kind: 'reject', reason, eventTime: null, raw, origin });
  }
}
