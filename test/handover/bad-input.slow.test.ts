import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ExportArguments, runExport } from '../../src/cli/handover/export.js';
import { writePack } from '../../src/cli/handover/write-pack.js';
import { createFeed, ROW_FEEDS, type RowFeedName } from '../../src/handover/feeds/feeds.js';
import { HourChanged } from '../../src/handover/feeds/read-hour.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { exampleRow } from '../../src/record/row.fixture.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { manifestKey, reportKey } from '../../src/tree/layout.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { csvRecords } from './csv-records.js';
import { HOSTILE, type PackedTestTree, packedTree, QUERIES, unpacked } from './packed-tree.js';

let tree: PackedTestTree;
beforeAll(async () => {
  tree = await packedTree();
}, 60_000);
afterAll(() => tree.remove());

const clock = { now: () => Date.UTC(2026, 11, 1), sleep: async () => {} };
async function exported(options: Partial<ExportArguments>, from = tree) {
  const io = quietIo({ clock });
  const how = { sql: true, minConfidence: 'none', lineage: 'given', ocsfVersion: '1.8.0' };
  const exit = await runExport({ output: from.output, to: ['ecs'], ...how, ...options }, io);
  return { exit, said: io.written.stderr, out: io.written.stdout };
}

const HOUR = { reportDate: '2026-11-02', hour: 8 };
const left = (name: string) => readdirSync(tree.path('.')).filter((file) => file.startsWith(name));

/** A consumer that answers the first requests with 200, and then as it is told. */
async function consumer(good: number, then: (response: import('node:http').ServerResponse) => void) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (bodies.length >= good) return then(response);
    bodies.push(body);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bodies,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in?token=secret`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('hostile texts', () => {
  /** What comes back of a text: UTF-8 has no lone surrogates. */
  const asUtf8 = (text: string) => Buffer.from(text).toString('utf8');
  const TEXT_OF: Readonly<Record<Exclude<RowFeedName, 'focus' | 'openmetadata'>, (event: never) => unknown>> = {
    openlineage: ({ job }: { job: { facets: { sql: { query: string } } } }) => job.facets.sql.query,
    datahub: ({ query }: { query: string }) => query,
    ocsf: ({ query_info }: { query_info: { query_string: string } }) => query_info.query_string,
    ecs: ({ athena }: { athena: { query: { text: string } } }) => athena.query.text,
  };

  it.each(Object.keys(TEXT_OF) as (keyof typeof TEXT_OF)[])('are one line each, and whole: %s', async (to) => {
    const file = tree.path(`hostile.${to}`);
    await exported({ to: [to], file });
    const text = readFileSync(file, 'utf8');
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const texts = new Set(events.map((event) => TEXT_OF[to](event as never)));
    expect(QUERIES.map(({ query }) => query).filter((query) => !texts.has(asUtf8(query)) && !texts.has(query))).toEqual(
      [],
    );
    // Line ends of other alphabets would cut a line for some readers; a NUL ends a text for others.
    expect(['\u0000', '\r', '\u2028', '\u2029'].filter((sign) => text.includes(sign))).toEqual([]);
  });

  it('are one record each in CSV, however they are quoted', async () => {
    const file = tree.path('hostile.csv');
    const { said } = await exported({ to: ['openmetadata'], file });
    const records = csvRecords(readFileSync(file, 'utf8'));
    expect(new Set(records.map(({ length }) => length)).size).toBe(1);
    const [header = [], ...rows] = records;
    const texts = rows.map((cells) => cells[header.indexOf('query_text')]);
    // The longest is more than its reader takes: counted, and told.
    expect(said).toContain('skipped 1: ');
    expect(texts).toHaveLength(QUERIES.length - 1);
    for (const query of HOSTILE.filter((text) => text.length < 100_000 && !text.includes('\u0000')))
      expect(texts).toContain(asUtf8(query));
    await exported({ to: ['focus'], file });
    expect(new Set(csvRecords(readFileSync(file, 'utf8')).map(({ length }) => length)).size).toBe(1);
  });

  it.each(ROW_FEEDS)('and nobody, nowhere, at no time: a record or a reason: %s', (to) => {
    const feed = createFeed(to, { producer: 'x:y', databaseName: null, lineage: 'given', ocsfVersion: '1.8.0' });
    const nothing = {
      ...{ person: null, username: null, team: null, principal_arn: null, principal_id: null, session_name: null },
      ...{ workgroup: null, catalog: null, database: null, tables_read: null, tables_written: null },
      ...{ base_tables_read: null, columns_read: null, cost_usd: null, event_time: null, source_ip: null },
    };
    const states = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'RUNNING', 'UNKNOWN', 'REFUSED'];
    const workgroups = [null, '', 'nobody "knows"\nit', '\ud800', 'constructor', '__proto__'];
    for (const state of states)
      for (const workgroup of workgroups)
        for (const query of [null, '', HOSTILE[2] ?? ''])
          for (const end_time of [null, 0]) {
            const record = feed.encode(exampleRow({ ...nothing, state, workgroup, query, end_time } as never));
            if ('skipped' in record) expect(record.skipped.length).toBeGreaterThan(5);
            else
              for (const line of record.lines)
                if (feed.extension === 'ndjson') expect(JSON.parse(line)).toBeTypeOf('object');
          }
  });
});

describe('a consumer that takes no more', () => {
  it('is told in words, without the secret of its address; with a memory the rest goes on, and nothing twice', async () => {
    const remember = tree.path('url.memory');
    const failing = await consumer(1, (response) => response.writeHead(500).end());
    const first = await exported({ url: failing.url, remember });
    await failing.close();
    expect(first.exit).toBe(5);
    expect(first.said).toMatch(
      /aqt: http:\/\/127\.0\.0\.1:\d+\/in took nothing in 6 tries \(it answered 500\); run the same/,
    );
    expect(first.said).not.toContain('secret');
    const good = await consumer(1000, () => {});
    expect((await exported({ url: good.url, remember })).exit).toBe(0);
    await good.close();
    const ids = [...failing.bodies, ...good.bodies].flatMap((body) =>
      body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event.id),
    );
    expect(ids).toHaveLength(QUERIES.length);
    expect(new Set(ids).size).toBe(QUERIES.length);
  });

  it('fails the command where nothing is remembered, and where it refuses', async () => {
    const failing = await consumer(1, (response) => response.writeHead(500).end());
    await expect(exported({ url: failing.url })).rejects.toThrow('took nothing in 6 tries');
    await failing.close();
    const refusing = await consumer(1, (response) => response.writeHead(403).end('who are you?'));
    await expect(exported({ url: refusing.url, remember: tree.path('refused.memory') })).rejects.toThrow(
      'it answered 403: "who are you?"',
    );
    await refusing.close();
  });
});

describe.skipIf(!existsSync('/dev/full'))('a disk that fills', () => {
  beforeEach(() => {
    for (const name of ['full', 'full.part', 'full.rows.part']) rmSync(tree.path(name), { force: true });
  });
  const words = `${'full'} was not written: the disk is full; make room, or name a file on another one (ENOSPC)`;

  it('leaves nothing of an export, and what was there before as it was', async () => {
    for (const to of [...ROW_FEEDS, 'openmetrics']) {
      writeFileSync(tree.path('full'), 'what was there before');
      symlinkSync('/dev/full', tree.path('full.part'));
      await expect(exported({ to: [to], file: tree.path('full'), remember: tree.path('full-memory') })).rejects.toThrow(
        words,
      );
      expect(left('full')).toEqual(['full']);
      expect(readFileSync(tree.path('full'), 'utf8')).toBe('what was there before');
    }
    // What was not delivered is not remembered.
    expect(existsSync(tree.path('full-memory'))).toBe(false);
  });

  it.each(['full.part', 'full.rows.part'])('leaves nothing of a pack: %s', async (name) => {
    symlinkSync('/dev/full', tree.path(name));
    await expect(tree.pack({ file: tree.path('full') })).rejects.toThrow(words);
    expect(left('full')).toEqual([]);
  });

  it('and a folder that is none is told as such', async () => {
    await expect(exported({ file: tree.path('no/such/folder') })).rejects.toThrow(
      'there is no such folder; make it first',
    );
    await expect(exported({ file: tree.path('tree') })).rejects.toThrow('this is a folder; name a file (EISDIR)');
    expect(left('tree')).toEqual(['tree']);
  });
});

describe('a tree with faults', () => {
  let damaged: PackedTestTree;
  const store = () => createLocalStore(damaged.output, { clock });
  const change = async (key: string, edit: (text: string) => string) => {
    const before = await store().read(key);
    const text = Buffer.from(before?.bytes ?? []).toString('utf8');
    await store().write(key, Buffer.from(edit(text)), 'any');
    return () => store().write(key, before?.bytes ?? new Uint8Array(), 'any');
  };
  const pageOf = (bytes: Buffer) => unpacked(bytes).get('index.html')?.toString('utf8') ?? '';
  const verdictOf = (page: string) => /<div class="verdict[\s\S]*?<\/div>/.exec(page)?.[0] ?? '';
  beforeAll(async () => {
    damaged = await packedTree(QUERIES.slice(5));
  }, 60_000);
  afterAll(() => damaged.remove());

  it('stands on the first page of its pack: a report that was changed, one that is gone, an hour that is missing', async () => {
    const mend = await change(reportKey(HOUR, 'json'), (text) => text.replace('SUCCEEDED', 'CANCELLED'));
    await store().remove(manifestKey({ ...HOUR, hour: 3 }));
    await store().remove(reportKey({ ...HOUR, hour: 5 }, 'json'));
    // Nothing was collected of the next day.
    const { exit, bytes, said } = await damaged.pack({ to: '2026-11-03' });
    expect(exit).toBe(0);
    expect(said).toContain('27 hours are missing or faulty: that stands on its first page');
    const verdict = verdictOf(pageOf(bytes));
    expect(verdict).toContain('class="verdict bad"');
    expect(verdict).toContain('24 hours of the period have no report.');
    expect(verdict).toContain('3 hours are faulty');
    // What is no report has no rows, and is found by whoever checks the pack, too.
    const checked = await damaged.verify();
    expect(checked.exit).toBe(3);
    expect([...checked.told, ...checked.faults].join('\n')).toMatch(/missing|faulty/);
    await mend();
    await change(reportKey({ ...HOUR, hour: 5 }, 'json'), () => '');
    expect(verdictOf(pageOf((await damaged.pack()).bytes))).toContain('1 hour is faulty');
  });

  it('is not handed over as if it were whole: an export names the hour, and sends the others', async () => {
    const whole = await packedTree(QUERIES.slice(5));
    try {
      const file = whole.path('out.ndjson');
      const at = join(whole.output, reportKey(HOUR, 'json'));
      const text = readFileSync(at, 'utf8');
      writeFileSync(at, text.replace('SUCCEEDED', 'CANCELLED'));
      await expect(exported({ file }, whole)).rejects.toThrow(
        /report_2026_11_02_h08\.json is not what its manifest says: it was rewritten meanwhile \(run the command again\) or it is damaged/,
      );
      expect(existsSync(file)).toBe(false);
      const good = await consumer(100, () => {});
      const remember = whole.path('memory');
      // Rewritten just then: what went before is remembered, and the same command goes on.
      expect((await exported({ url: good.url, remember }, whole)).exit).toBe(5);
      writeFileSync(at, text);
      expect((await exported({ url: good.url, remember }, whole)).exit).toBe(0);
      await good.close();
    } finally {
      whole.remove();
    }
  });

  it('makes no pack of an hour that is rewritten while it is made, and leaves no half of one', async () => {
    const whole = await packedTree(QUERIES.slice(5));
    try {
      const file = whole.path('pack.zip');
      const key = reportKey(HOUR, 'json');
      const report = join(whole.output, key);
      const kept = createLocalStore(whole.output, { clock });
      const store: ReportStore = {
        ...kept,
        stream: (asked) => {
          // Verification is over, the pack is begun.
          if (asked === key && existsSync(`${file}.part`))
            writeFileSync(report, readFileSync(report, 'utf8').replace('SUCCEEDED', 'CANCELLED'));
          return kept.stream(asked);
        },
      };
      const order = {
        ...{ store, file, output: whole.output, from: HOUR.reportDate, to: HOUR.reportDate, filters: [], mask: null },
        ...{ sample: { seed: null, size: 5 }, key: null, madeBy: 'x', madeAt: '2026-12-01T09:00:00.000Z' },
        profile: undefined,
      };
      await expect(writePack(order, quietIo({ clock }))).rejects.toThrow(HourChanged);
      expect(readdirSync(whole.path('.')).filter((name) => name.startsWith('pack.zip'))).toEqual([]);
    } finally {
      whole.remove();
    }
  });
});
