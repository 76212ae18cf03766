import { open, rm } from 'node:fs/promises';
import type { Deliver } from '../../handover/feeds/export-rows.js';
import type { RowFeed } from '../../handover/feeds/feed.js';
import { createPoster } from '../../sources/http/post-records.js';
import { replaceFile } from '../../storage/held-files.js';
import type { Io } from '../terminal/io.js';
import { writing } from './write-failed.js';

/** Where records go. */
export interface Delivery {
  readonly deliver: Deliver;
  /** All is delivered: what was written becomes visible. */
  finish(): Promise<void>;
  /** Ends whatever is open; what is not finished is removed. */
  close(): Promise<void>;
}

/** Opens a URL, a file or stdout. A file appears when it is whole. */
export async function openDelivery(
  to: {
    readonly feed: RowFeed;
    /** One record a request, as OpenLineage's API takes them. */
    readonly isOneByOne: boolean;
    readonly file?: string;
    readonly url?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
  io: Io,
): Promise<Delivery> {
  if (to.url !== undefined) return toUrl({ ...to, url: to.url, headers: to.headers ?? {} }, io);
  return to.file === undefined ? toStdout(to.feed, io) : toFile(to.feed, to.file, io);
}

/** Writes a text to a file, or to stdout where none is named. */
export async function writeText(file: string | null, text: string, io: Io): Promise<void> {
  if (file === null) {
    io.data(text);
    return;
  }
  const target = await openTarget(file, io);
  try {
    await target.write(text);
    await target.finish();
  } finally {
    await target.discard();
  }
}

function toStdout({ header }: RowFeed, io: Io): Delivery {
  if (header !== null) io.data(`${header}\n`);
  return {
    async deliver(lines) {
      for await (const line of lines) io.data(`${line}\n`);
      return [];
    },
    finish: async () => {},
    close: async () => {},
  };
}

async function toFile({ header }: RowFeed, file: string, io: Io): Promise<Delivery> {
  const target = await openTarget(file, io);
  if (header !== null) await target.write(`${header}\n`);
  return {
    async deliver(lines) {
      for await (const line of lines) await target.write(`${line}\n`);
      return [];
    },
    finish: target.finish,
    close: target.discard,
  };
}

/** Characters that wait in memory. */
const WAITING = 256 * 1024;

/** A file that appears under its name when it is whole. */
async function openTarget(file: string, { clock }: Pick<Io, 'clock'>) {
  const temporary = `${file}.part`;
  const handle = await writing(file, () => open(temporary, 'w', 0o600));
  let waiting: string[] = [];
  let length = 0;
  let isFinished = false;
  const flush = async () => {
    await writing(file, () => handle.appendFile(waiting.join('')));
    waiting = [];
    length = 0;
  };
  return {
    async write(text: string) {
      waiting.push(text);
      length += text.length;
      if (length >= WAITING) await flush();
    },
    async finish() {
      await flush();
      await handle.close();
      await writing(file, () => replaceFile(temporary, file, { clock }));
      isFinished = true;
    },
    /** After `finish`, nothing. */
    async discard() {
      if (isFinished) return;
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

function toUrl(
  {
    feed,
    isOneByOne,
    url,
    headers,
  }: {
    readonly feed: RowFeed;
    readonly isOneByOne: boolean;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  },
  io: Io,
): Delivery {
  const poster = createPoster({
    url,
    headers: { ...headers, 'content-type': feed.contentType },
    clock: io.clock,
    random: io.random,
    signal: io.signal,
  });
  const most = isOneByOne ? 1 : BATCH_LINES;
  return {
    async deliver(lines) {
      let batch: string[] = [];
      let bytes = 0;
      const send = async () => {
        if (batch.length === 0) return;
        const header = feed.header === null ? [] : [feed.header];
        await poster.post(isOneByOne ? batch.join('') : `${[...header, ...batch].join('\n')}\n`);
        batch = [];
        bytes = 0;
      };
      for await (const line of lines) {
        batch.push(line);
        bytes += line.length;
        if (batch.length >= most || bytes >= BATCH_BYTES) await send();
      }
      await send();
      return [];
    },
    finish: async () => {},
    close: async () => {},
  };
}

const BATCH_LINES = 500;
const BATCH_BYTES = 1024 * 1024;
