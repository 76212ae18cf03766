import { beforeEach, describe, expect, it } from 'vitest';
import { reportDay } from '../../calendar/report-day.js';
import { exampleRow } from '../../record/row.fixture.js';
import { encodeNestedParquet } from '../../storage/encode-nested-parquet.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { readKnownChain } from '../../tree/chain/known-chain.js';
import { reportKey, workKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { sealDay } from '../../tree/seals.js';
import { openFeedMemory } from './feed-memory.js';
import { createFeed } from './feeds.js';
import { handOver } from './hand-over.js';
import { lakeFiles } from './lake-files.js';
import { lineFiles } from './line-files.js';
import { writeHour } from './written-hour.fixture.js';

const DATE = '2026-11-03';
const hourOf = (hour: number) => ({ reportDate: DATE, hour });
const START = Date.parse(`${DATE}T06:10:00Z`);
const rowOf = (id: string, query: string, start_time = START) =>
  exampleRow({ query_execution_id: id, query, start_time, end_time: start_time + 1000 });

let tree: ReturnType<typeof createMemoryStore>;
let place: ReturnType<typeof createMemoryStore>;
beforeEach(() => {
  tree = createMemoryStore();
  place = createMemoryStore();
});

async function write(hour: number, rows: readonly ReturnType<typeof rowOf>[], version = 1) {
  await writeHour(tree, { label: hourOf(hour), rows, version });
  await sealDay({ store: tree, day: reportDay(DATE, 'UTC'), now: 0 });
}

async function run(
  options: { readonly what?: string; readonly isOver?: () => boolean; readonly isLake?: boolean } = {},
) {
  const { what = 'there', isOver = () => false, isLake = false } = options;
  const name = isLake ? 'securitylake' : 'datahub';
  const how = { producer: '', databaseName: null, lineage: 'given', ocsfVersion: '1.1.0' } as const;
  const feed = createFeed(isLake ? 'ocsf' : 'datahub', how);
  return handOver({
    ...{ store: tree, codec: REPORT_CODEC, chain: await readKnownChain(tree), feed, isWhole: isLake, isOver },
    memory: await openFeedMemory(tree, name, what),
    prepare: (row) => row,
    deliver: isLake
      ? lakeFiles({ store: place, folder: '', encode: encodeNestedParquet, remembers: true })
      : lineFiles({ store: place, folder: '', name, feed }),
  });
}

const queriesIn = (key: string) =>
  Buffer.from(place.files.get(key) ?? [])
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).query);
const names = () => [...place.files.keys()].sort();

describe('the feeds of a stack', () => {
  it('are handed what is sealed, once, and of an hour that was rewritten a file of what is new', async () => {
    await write(6, [rowOf('a', 'SELECT 1')]);
    await write(7, []);
    expect(await run()).toEqual({ hours: 2, rows: 1, records: 1, skipped: 0, failures: [], hasMore: false });
    const first = 'datahub/2026-11-03/datahub_2026_11_03_h06_v1_0001.ndjson';
    expect(names()).toEqual([first]);
    expect(await run()).toMatchObject({ hours: 0, rows: 0 });
    await write(6, [rowOf('a', 'SELECT 1'), rowOf('b', 'SELECT 2')], 2);
    expect(await run()).toMatchObject({ hours: 1, rows: 1 });
    expect(names()).toEqual([first, first.replace('v1', 'v2')]);
    expect(queriesIn(first.replace('v1', 'v2'))).toEqual(['SELECT 2']);
  });

  it('are handed everything when they go elsewhere, and nothing twice when it is not remembered which hours were seen', async () => {
    await write(6, [rowOf('a', 'SELECT 1')]);
    await run();
    await tree.remove(workKey.feed('datahub'));
    expect(await run()).toMatchObject({ hours: 0, rows: 0 });
    expect(await run({ what: 'elsewhere' })).toMatchObject({ hours: 1, rows: 1 });
  });

  it('go on where time was up', async () => {
    for (const hour of [6, 7, 8]) await write(hour, [rowOf(String(hour), `SELECT ${hour}`)]);
    let asked = 0;
    expect(await run({ isOver: () => ++asked > 2 })).toMatchObject({ rows: 2, hasMore: true });
    expect(await run()).toMatchObject({ rows: 1, hasMore: false });
  });

  it('are told which hour could not be handed over, get the others, and that one when it is mended', async () => {
    await write(6, [rowOf('a', 'SELECT 1')]);
    await write(7, [rowOf('b', 'SELECT 2')]);
    const key = reportKey(hourOf(6), 'json');
    const whole = tree.files.get(key) ?? new Uint8Array();
    tree.files.set(key, Buffer.concat([whole, Buffer.from('\n')]));
    const outcome = await run();
    expect(outcome).toMatchObject({ rows: 1, hasMore: false });
    expect(outcome.failures).toHaveLength(1);
    expect(outcome.failures[0]).toContain('hour=06/: memory: year=2026');
    expect(names()).toHaveLength(1);
    tree.files.set(key, whole);
    expect(await run()).toMatchObject({ rows: 1, failures: [] });
  });

  it('give up after some hours when nothing can be written, and say so', async () => {
    for (let hour = 0; hour < 9; hour++) await write(hour, [rowOf(String(hour), `SELECT ${hour}`)]);
    place = createMemoryStore({
      beforeWrite: () => {
        throw new Error('Access Denied');
      },
    });
    expect((await run()).failures).toHaveLength(5);
  });

  it('cut a large hour into files, and leave none of an hour that is another than its manifest says', async () => {
    const rows = Array.from({ length: 5 }, (_, at) =>
      rowOf(String(at), `SELECT '${'x'.repeat(3 * 1024 * 1024)}', ${at}`),
    );
    await write(6, rows);
    expect(await run()).toMatchObject({ rows: 5 });
    expect(names()).toHaveLength(3);
    expect(names().flatMap(queriesIn)).toEqual(rows.map(({ query }) => query));
    const key = reportKey(hourOf(7), 'json');
    await writeHour(tree, { label: hourOf(7), rows, version: 1 });
    await sealDay({ store: tree, day: reportDay(DATE, 'UTC'), now: 0 });
    tree.files.set(key, Buffer.concat([tree.files.get(key) ?? Buffer.alloc(0), Buffer.from('\n')]));
    expect((await run()).failures).toHaveLength(1);
    expect(names()).toHaveLength(3);
  });

  it('replace the files of the lake, and remove those that an hour no longer fills', async () => {
    const inRegion = (region: string, id: string) => ({ ...rowOf(id, 'SELECT 1'), region });
    await write(6, [inRegion('us-east-1', 'a'), inRegion('eu-west-1', 'b')]);
    expect(await run({ isLake: true })).toMatchObject({ hours: 1, rows: 2 });
    expect(names().map((name) => name.split('/')[1])).toEqual(['region=eu-west-1', 'region=us-east-1']);
    // The one of Europe turned out to have begun in an earlier hour.
    await write(6, [inRegion('us-east-1', 'a'), inRegion('us-east-1', 'c')], 2);
    expect(await run({ isLake: true })).toMatchObject({ hours: 1, rows: 2 });
    expect(names().map((name) => name.split('/')[1])).toEqual(['region=us-east-1']);
    await write(6, [], 3);
    await run({ isLake: true });
    expect(names()).toEqual([]);
  });
});
