import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { ReportStore } from '../../ports/report-store.js';

/** A file of a bill, on this machine. */
export interface BillFile {
  /** For messages, relative to the folder given. */
  readonly name: string;
  readonly path: string;
  /** Folder within the bill: one version of one month, as AWS delivers it. */
  readonly folder: string;
  readonly kind: 'csv' | 'parquet';
  readonly modifiedAt: number;
}

export interface BillFiles {
  readonly files: readonly BillFile[];
  /** Files that are the same as another, byte for byte. */
  readonly copies: readonly { readonly name: string; readonly of: string }[];
  /** Files whose name is not one of a bill. */
  readonly others: readonly string[];
  /** Removes what was fetched. */
  close(): Promise<void>;
}

/** Finds the files of a bill below a folder, or takes the one file. */
export async function findBillFiles(path: string): Promise<BillFiles> {
  const root = resolve(path);
  const isFile = (await stat(root)).isFile();
  const base = isFile ? dirname(root) : root;
  const names = isFile
    ? [basename(root)]
    : (await readdir(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return sorted(base, names, async () => {});
}

/** Fetches the files of a bill that lie in a bucket into a folder of their own, one after the other. */
export async function fetchBillFiles(store: ReportStore): Promise<BillFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-bill-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const names: string[] = [];
    for await (const { key, modifiedAt } of store.list('')) {
      names.push(key);
      if (kindOf(key) === null) continue;
      const stream = await store.stream(key);
      if (!stream) continue;
      const target = join(folder, key);
      await mkdir(dirname(target), { recursive: true });
      await save(await open(target, 'w'), stream);
      // Of several versions of a month the newest counts: in the bucket, not here.
      if (modifiedAt !== undefined) await utimes(target, modifiedAt / 1000, modifiedAt / 1000);
    }
    return await sorted(folder, names, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function save(file: FileHandle, stream: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of stream) await file.write(chunk);
  } finally {
    await file.close();
  }
}

async function sorted(base: string, names: readonly string[], close: () => Promise<void>): Promise<BillFiles> {
  const files: BillFile[] = [];
  const copies: { name: string; of: string }[] = [];
  const others: string[] = [];
  const bySize = new Map<number, BillFile[]>();
  for (const name of [...names].sort()) {
    const kind = kindOf(name);
    if (kind === null) {
      others.push(name);
      continue;
    }
    const path = join(base, name);
    const { size, mtimeMs } = await stat(path);
    const file: BillFile = { name, path, folder: dirname(name), kind, modifiedAt: mtimeMs };
    const alike = bySize.get(size) ?? [];
    const same = await sameAs(file, alike);
    if (same) copies.push({ name, of: same.name });
    else {
      files.push(file);
      bySize.set(size, [...alike, file]);
    }
  }
  return { files, copies, others, close };
}

async function sameAs(file: BillFile, alike: readonly BillFile[]): Promise<BillFile | null> {
  if (alike.length === 0) return null;
  const hash = await hashOf(file.path);
  for (const other of alike) if ((await hashOf(other.path)) === hash) return other;
  return null;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function kindOf(name: string): BillFile['kind'] | null {
  if (/\.csv(\.gz|\.zst)?$/i.test(name)) return 'csv';
  return /\.parquet$/i.test(name) ? 'parquet' : null;
}
