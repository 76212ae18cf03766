import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOfLink } from '../cloudtrail/link-line.js';
import type { Evidence } from '../ports/start-source.js';
import { assumeRoleRecord, logFile, otherRecord, startRecord } from '../sources/record.fixture.js';
import { openTrailFolder } from '../sources/trail/folder-trail-bucket.js';
import type { TrailBucket } from '../sources/trail/list-trail.js';
import { createTrailFiles } from '../sources/trail/trail-files.js';
import type { FileTask, OpenTrailHands, TrailHands } from '../sources/trail/trail-hands.js';
import { buildTrailHand } from './trail-hand.fixture.js';
import { openTrailHands } from './trail-hands.js';

/** Nobody hangs, however slow the machine. */
const PATIENT = () => new Promise<void>(() => {});
const START = Date.parse('2026-11-01T05:00:00Z');
const WINDOW = { start: START, end: START + 86_400_000 };
const FOLDER = 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01';
const logName = (index: number) =>
  `${FOLDER}/111122223333_CloudTrail_eu-west-1_20261101T${String(index).padStart(4, '0')}Z_abcdefghijklmnop.json.gz`;

/** Scripts of threads begin with it: as the real one does, they claim what they read. */
const BEGIN = `import { parentPort, workerData } from 'node:worker_threads';
  const begin = ({ place }) => Atomics.compareExchange(workerData.claims, place, 0, 1);`;
const ANSWER = '{ groups: [], counts: { thread: 1 }, seen: [], bytes: 0 }';

const scriptOf = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

let folder = '';
let script: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aqt-hands-'));
  script = await buildTrailHand(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Work of all kinds, and one key that says it is so large that further hands are worth it. */
function trail(): { readonly bucket: TrailBucket; readonly gets: string[] } {
  const onBehalfOf = { userId: 'u-1', identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-1' };
  const told = (index: number) =>
    otherRecord({
      eventID: `told-${index}`,
      userIdentity: { type: 'IdentityCenterUser', credentialId: 'c', onBehalfOf },
    });
  const records = (index: number) => [
    startRecord({ eventID: `s-${index}`, requestParameters: { queryString: `SELECT '${'é"\\'.repeat(index % 3)}'` } }),
    assumeRoleRecord({ eventID: `l-${index}`, sourceIPAddress: `10.0.0.${index}` }),
    assumeRoleRecord({ eventID: `m-${index}`, eventTime: '2026-10-31T00:00:00Z' }),
    told(index),
    startRecord({ eventID: `bad-${index}`, eventTime: 'never' }),
    otherRecord({ eventID: `o-${index}` }),
  ];
  const files = new Map<string, Buffer>();
  for (let index = 0; index < 40; index += 1) files.set(logName(index), logFile(records(index)));
  files.set(logName(41), logFile(records(41)).subarray(0, 300));
  files.set(logName(42), Buffer.from('no log at all, but it names StartQueryExecution'));
  files.set(logName(43), Buffer.alloc(0));
  files.set(`${FOLDER}/_SUCCESS`, Buffer.from(JSON.stringify(startRecord({ eventID: 'in-litter' }))));
  files.set('undated/x.jsonl', Buffer.from(JSON.stringify(startRecord({ eventID: 'undated' }))));
  files.set('undated/y.json.gz', gzipSync(gzipSync(JSON.stringify([startRecord({ eventID: 'twice packed' })]))));
  const large = 'undated/z.json';
  files.set(large, Buffer.from(JSON.stringify([startRecord({ eventID: 'large' })])));
  const gets: string[] = [];
  const keys = [...files.keys()].sort();
  const bucket: TrailBucket = {
    location: 's3://logs',
    async *list(prefix, after) {
      for (const key of keys)
        if (key.startsWith(prefix) && (after === null || key > after))
          yield { key, size: key === large ? 64 * 2 ** 20 : (files.get(key)?.length ?? 0) };
    },
    async *get(key) {
      gets.push(key);
      yield files.get(key) ?? Buffer.alloc(0);
    },
  };
  return { bucket, gets };
}

async function collected(openHands?: OpenTrailHands) {
  const { bucket, gets } = trail();
  const source = createTrailFiles({ bucket, ...(openHands ? { openHands } : {}) });
  const batches: Evidence[][] = [];
  const cursors: unknown[] = [];
  for await (const { items, cursor } of source.scan(WINDOW, { days: [WINDOW] })) {
    batches.push(items.map(plain));
    cursors.push(cursor);
  }
  return { batches, cursors, counts: source.account().counts, gets: gets.length };
}

/** A link as the line that is written, and bytes of one kind. */
function plain(item: Evidence): Evidence {
  if (item.kind === 'link') return { kind: 'link-line', eventTime: item.eventTime, text: lineOfLink(item) };
  return item.kind === 'reject' ? { ...item, raw: Buffer.from(item.raw).toString('latin1') } : item;
}

describe('openTrailHands', () => {
  it.each([1, 2, 3])('reads by %i threads what one hand reads, in the same batches', async (threads) => {
    let opened = 0;
    const several = await collected((reading) => {
      opened += 1;
      return openTrailHands(reading, { threads, script, sleep: PATIENT });
    });
    expect(opened).toBe(1);
    expect(several).toEqual(await collected());
    expect(several.batches.flat().length).toBeGreaterThan(120);
  });

  it.each([
    ['a thread that cannot be started', 'file:///no/such/script.mjs', ''],
    [
      'a thread that dies at its second file',
      'data',
      "let n = 0; parentPort.on('message', (given) => { begin(given); n += 1; if (n === 2) process.exit(1); });",
    ],
    [
      'a thread that gives files back unread',
      'data',
      "parentPort.on('message', (given) => { begin(given); parentPort.postMessage(null); });",
    ],
    [
      'a thread that throws',
      'data',
      "parentPort.on('message', (given) => { begin(given); throw new Error('out of memory'); });",
    ],
    ['a thread that begins nothing', 'data', "parentPort.on('message', () => {});"],
  ])('reads what was given to %s', async (_, kind, body) => {
    const code = `${BEGIN} ${body}`;
    const broken = kind === 'data' ? scriptOf(code) : new URL(kind);
    expect(
      await collected((reading) => openTrailHands(reading, { threads: 2, script: broken, sleep: PATIENT })),
    ).toEqual(await collected());
  });

  it('reads what was given to a thread that hangs, when that is clear', async () => {
    const code = `${BEGIN} parentPort.on('message', (given) => { begin(given); for (;;); });`;
    const hangs = scriptOf(code);
    const asked: number[] = [];
    // Time passes when nothing else is left to do.
    const sleep = async (ms: number) => {
      asked.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    const read = await collected((reading) => openTrailHands(reading, { threads: 2, script: hangs, sleep }));
    expect(read).toEqual(await collected());
    expect(new Set(asked)).toEqual(new Set([300_000]));
    expect(asked).toHaveLength(2);
  });

  it('has threads open what lies in a folder, and tells itself of a file that cannot be opened', async () => {
    const place = await mkdtemp(join(tmpdir(), 'aqt-trail-'));
    for (let index = 0; index < 6; index += 1)
      await writeFile(join(place, `${index}.json.gz`), logFile([startRecord({ eventID: `s-${index}` })]));
    await symlink(join(place, 'nowhere'), join(place, '3-gone.json.gz'));
    const folderTrail = await openTrailFolder(place);
    const read = async (openHands?: OpenTrailHands) => {
      const gets: string[] = [];
      const bucket: TrailBucket = {
        ...folderTrail,
        async *list(prefix, after) {
          for await (const file of folderTrail.list(prefix, after)) yield { ...file, size: 7 * 2 ** 20 };
        },
        get(key) {
          gets.push(key);
          return folderTrail.get(key);
        },
      };
      const source = createTrailFiles({ bucket, ...(openHands ? { openHands, handsFrom: 1 } : {}) });
      const items: Evidence[] = [];
      for await (const batch of source.scan(WINDOW, { days: [WINDOW] })) items.push(...batch.items.map(plain));
      return { items, gets };
    };
    const several = await read((reading) => openTrailHands(reading, { threads: 2, script, sleep: PATIENT }));
    const one = await read();
    expect(several.items).toEqual(one.items);
    const starts = Array(6).fill('start');
    expect(several.items.map(({ kind }) => kind).sort()).toEqual(['not-read', 'reject', ...starts]);
    // Only what no thread could open is opened here.
    expect(several.gets).toEqual(['3-gone.json.gz']);
    await rm(place, { recursive: true });
  });

  it('watches its threads while they hold files, and no longer', async () => {
    const watched: AbortSignal[] = [];
    const sleep = (_: number, signal?: AbortSignal) => {
      if (signal) watched.push(signal);
      return new Promise<void>(() => {});
    };
    await collected((reading) => openTrailHands(reading, { threads: 2, script, sleep }));
    expect(watched.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('does not end a thread that has answered since it was looked at', async () => {
    const looks: (() => void)[] = [];
    const sleep = () => new Promise<void>((resolve) => void looks.push(resolve));
    // It answers to the second file when it has the third.
    const slow = `${BEGIN} let held = 0;
      parentPort.on('message', (given) => {
        begin(given);
        held += 1;
        for (let count = held === 2 ? 0 : held === 3 ? 2 : 1; count > 0; count -= 1) parentPort.postMessage(${ANSWER});
      });`;
    const hands = openTrailHands(READING, { threads: 1, sleep, script: scriptOf(slow) });
    const [first, second] = [hands.read(TASK), hands.read(TASK)];
    await first;
    looks[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toHaveLength(2);
    const third = hands.read(TASK);
    expect([await second, await third]).not.toContain(null);
    await hands.close();
  });

  it('reads here, in their order, what its threads have not begun, and settles each file once', async () => {
    const onlyFirst = `${BEGIN} parentPort.once('message', (given) => { begin(given); parentPort.postMessage(${ANSWER}); });`;
    const hands = openTrailHands(READING, {
      ...{ threads: 1, sleep: PATIENT, script: scriptOf(onlyFirst) },
    });
    const tasks = Array.from({ length: 100 }, (_, index) => ({ ...TASK, origin: String(index) }));
    const answers = tasks.map((task) => hands.read(task));
    const first = await answers[0];
    const here: string[] = [];
    const last = answers[99] ?? Promise.resolve(null);
    await hands.help(last, async ({ origin }) => {
      here.push(origin);
      return { groups: [], counts: { here: 1 }, seen: [], bytes: 0 };
    });
    expect(first?.counts).toEqual({ thread: 1 });
    expect(here).toEqual(tasks.slice(1).map(({ origin }) => origin));
    expect((await Promise.all(answers)).map((one) => one?.counts)).toEqual([
      first?.counts,
      ...here.map(() => ({ here: 1 })),
    ]);
    await hands.close();
  });

  it('leaves to the loop what cannot be read here, and stops to read when the file is there', async () => {
    const nothing = scriptOf(`${BEGIN} parentPort.on('message', () => {});`);
    const hands = openTrailHands(READING, { threads: 1, script: nothing, sleep: PATIENT });
    const [first, second] = [hands.read(TASK), hands.read(TASK)];
    let calls = 0;
    await hands.help(first, async () => {
      calls += 1;
      throw new Error('out of memory');
    });
    expect([calls, await first]).toEqual([1, null]);
    await hands.close();
    expect(await second).toBeNull();
  });

  it.each([
    [9, 1],
    [8, 0],
  ])('thinks %i files of 7.5 MB worth %i further hands', async (files, wanted) => {
    const keys = Array.from({ length: files }, (_, index) => logName(index));
    const bucket: TrailBucket = {
      location: 's3://logs',
      async *list() {
        for (const key of keys) yield { key, size: 7.5 * 2 ** 20 };
      },
      async *get() {
        yield logFile([startRecord()]);
      },
    };
    let opened = 0;
    const openHands: OpenTrailHands = (reading) => {
      opened += 1;
      return openTrailHands(reading, { threads: 1, script, sleep: PATIENT });
    };
    for await (const _ of createTrailFiles({ bucket, openHands }).scan(WINDOW, {}));
    expect(opened).toBe(wanted);
  });

  it('reads a small trail by one hand', async () => {
    const { bucket } = trail();
    const small: TrailBucket = {
      ...bucket,
      async *list(prefix, after) {
        for await (const { key } of bucket.list(prefix, after)) yield { key, size: 100 };
      },
    };
    const openHands = () => {
      throw new Error('opened');
    };
    for await (const { items } of createTrailFiles({ bucket: small, openHands }).scan(WINDOW, {}))
      expect(items).toBeDefined();
  });

  it('stops its threads when nobody takes any more, and when the scan is aborted', async () => {
    const closed: string[] = [];
    const watched =
      (name: string): OpenTrailHands =>
      (reading): TrailHands => {
        const hands = openTrailHands(reading, { threads: 2, script, sleep: PATIENT });
        return { ...hands, close: async () => hands.close().then(() => void closed.push(name)) };
      };
    for await (const _ of createTrailFiles({ bucket: trail().bucket, openHands: watched('left') }).scan(WINDOW, {}))
      break;
    const abort = new AbortController();
    const scan = createTrailFiles({ bucket: trail().bucket, openHands: watched('aborted') }).scan(WINDOW, {
      signal: abort.signal,
    });
    await expect(async () => {
      for await (const _ of scan) abort.abort();
    }).rejects.toThrow('abort');
    expect(closed).toEqual(['left', 'aborted']);
  });

  it('gives back at once what comes after its end', async () => {
    const hands = openTrailHands(READING, { threads: 1, script, sleep: PATIENT });
    await hands.close();
    expect(await hands.read(TASK)).toBeNull();
  });
});

const LIMITS = { wholeBytes: 1, archiveBytes: 1, maxFileBytes: 1, maxRecordBytes: 1, keptBytes: 1 };
const READING = { names: new Set<string>(), tells: false, days: [], limits: LIMITS };
const TASK: FileTask = {
  origin: 'x',
  size: 0,
  mayHold: null,
  isDated: true,
  isLitter: false,
  content: Buffer.alloc(0),
};
