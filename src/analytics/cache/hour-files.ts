import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { Manifest } from '../../record/manifest.js';
import { localRoot } from './cache-files.js';
import type { ListedHour } from './sync-plan.js';

/** An hour, read and checked: what its manifest says, and a local file that holds its report. */
export interface FetchedHour {
  readonly hour: ListedHour;
  readonly manifestTag: string;
  readonly manifestSha256: string;
  /** Null when it cannot be read; `problem` says why. */
  readonly manifest: Manifest | null;
  readonly reportKey: string;
  readonly reportBytes: number;
  /** Local path of the report; null when there is none to read. */
  readonly path: string | null;
  /** First line of a CSV report. */
  readonly header: string;
  /** What is wrong with the hour, for the audit; null when nothing is. */
  readonly problem: string | null;
}

/**
 * Reads an hour's manifest and report and compares the report's SHA-256 with the manifest's. Reports of a bucket are
 * downloaded to `folder`; those of a local root are read in place. Null when the hour is gone meanwhile.
 */
export async function fetchHour(
  store: ReportStore,
  hour: ListedHour,
  { folder, index }: { readonly folder: string; readonly index: number },
): Promise<FetchedHour | null> {
  const stored = await store.read(hour.manifestKey);
  if (!stored) return null;
  const text = Buffer.from(stored.bytes);
  const manifest = decodeManifest(text.toString('utf8'));
  const fetched = {
    hour,
    manifestTag: stored.tag,
    manifestSha256: createHash('sha256').update(text).digest('hex'),
    reportKey: '',
    reportBytes: 0,
    path: null,
    header: '',
  };
  if (typeof manifest === 'string')
    return { ...fetched, manifest: null, problem: `the manifest is unreadable: ${manifest}` };
  const named = { ...fetched, manifest, reportKey: reportBeside(hour, manifest) };
  const stream = await store.stream(named.reportKey);
  if (!stream) return { ...named, problem: 'the report is missing' };
  const root = localRoot(store.location);
  const path = root === null ? join(folder, `${index}.${manifest.format}`) : join(root, ...named.reportKey.split('/'));
  const { sha256, bytes, head } = await drain(stream, root === null ? path : null);
  const differs = sha256 !== manifest.report.sha256 || bytes !== manifest.report.bytes;
  return {
    ...named,
    reportBytes: bytes,
    path,
    header: head,
    problem: differs ? 'the report is not the one the manifest vouches for (SHA-256 differs)' : null,
  };
}

/** The manifest's report by its file name, in the folder where the manifest lies (a tree may be moved as a whole). */
function reportBeside({ manifestKey }: ListedHour, manifest: Manifest): string {
  const name = manifest.report.key.slice(manifest.report.key.lastIndexOf('/') + 1);
  return manifestKey.slice(0, manifestKey.lastIndexOf('/') + 1) + name;
}

async function drain(
  stream: AsyncIterable<Uint8Array>,
  target: string | null,
): Promise<{ readonly sha256: string; readonly bytes: number; readonly head: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = '';
  const tap = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      if (head.length < HEADER_CHARS) head += Buffer.from(chunk.subarray(0, HEADER_CHARS)).toString('latin1');
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
    }
  };
  if (target === null) for await (const _ of tap());
  else await pipeline(Readable.from(tap()), createWriteStream(target, { mode: 0o600 }));
  return { sha256: hash.digest('hex'), bytes, head: head.split('\n', 1)[0] ?? '' };
}

/** More than the header line of any schema so far. */
const HEADER_CHARS = 8192;
