import { describe, expect, it } from 'vitest';
import { reportDays } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import type { Collector, DaySources } from '../../src/collect/collector.js';
import { collectRange, type RangeTask } from '../../src/collect/days/collect-range.js';
import { settle } from '../../src/collect/days/settle.js';
import { openEnrichment } from '../../src/collect/hour/open-enrichment.js';
import { explain } from '../../src/inspect/explain.js';
import { findRow } from '../../src/inspect/find-row.js';
import type { LinkSource, SparkUse, UserNameSource } from '../../src/ports/identity-source.js';
import type { Evidence, StartSource } from '../../src/ports/start-source.js';
import type { ReportRow } from '../../src/record/columns.js';
import type { Manifest } from '../../src/record/manifest.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { type PlacedRow, readRows } from '../../src/tree/read-rows.js';
import { awsService, iamUser, link, roleSession, STORE, start } from './evidence.js';

type Store = ReturnType<typeof createMemoryStore>;

const NOW = Date.UTC(2026, 10, 5);
const lake = { role: 'Lake', name: 'botocore-session-1760000000', key: 'ASIALAKE', began: 900 };
const inner = { role: 'teams/Inner', name: 'botocore-session-1760000001', key: 'ASIAINNER', began: 950 };

function sourceOf(items: readonly Evidence[]): StartSource {
  return {
    async *scan() {
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'lookup-events', accountId: null, region: 'us-east-1', counts: {} }),
  };
}

type Request = Collector & DaySources & RangeTask;

function requestOf(store: Store, date: string, items: readonly Evidence[]): Request {
  const days = reportDays({ from: date, to: date, timezone: 'UTC' });
  const sources = startsFrom(sourceOf(items));
  return { ...collectorOf(store, NOW), ...sources, days, format: 'json', scanId: `scan-${date}-${items.length}` };
}

async function collect(request: Request): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for await (const manifest of collectRange(request, request, request)) manifests.push(manifest);
  return manifests;
}

async function rowsOf(store: Store): Promise<ReportRow[]> {
  const rows: PlacedRow[] = [];
  for await (const row of readRows({ store, from: null, to: null, codec: REPORT_CODEC })) rows.push(row);
  return rows.map(({ row }) => row);
}

describe('a link that arrives after the query was written', () => {
  const query = start(roleSession(inner), { second: 1000 });
  const first = link(iamUser('ana'), lake);
  const second = link(roleSession(lake), inner);

  it('heals the row when settle comes by: the version grows and the change is kept', async () => {
    const store = createMemoryStore();
    await collect(requestOf(store, '2026-11-02', [query]));
    expect(await rowsOf(store)).toMatchObject([{ person: null, identity_method: 'unresolved' }]);

    // Half of the chain names nobody; both halves come with scans of another day.
    await collect(requestOf(store, '2026-11-03', [second]));
    await collect(requestOf(store, '2026-11-01', [first]));
    const changed: number[] = [];
    for await (const { before, after } of settle(requestOf(store, '2026-11-02', []))) {
      if (before?.version !== after.version) changed.push(after.version);
    }
    expect(changed).toEqual([2]);
    expect(await rowsOf(store)).toMatchObject([
      { person: 'ana', identity_method: 'role-chain', identity_confidence: 'verified' },
    ]);

    const place = await findRow({ store, id: query.queryExecutionId ?? '' });
    if (!place) throw new Error('the row has no evidence');
    const enrichment = await openEnrichment(collectorOf(store, NOW), '2026-11-02');
    const explanation = await explain({ place, enrichment, codec: REPORT_CODEC, now: NOW });
    expect(explanation?.resolution.chain.map(({ eventId }) => eventId)).toEqual([
      first.eventId,
      second.eventId,
      query.eventId,
    ]);
    expect(explanation?.report).toMatchObject({ version: 2, stale: [] });
    expect(explanation?.report?.changes).toEqual([
      { version: 2, change: expect.stringMatching(/^changed .*person.*identity_evidence/) },
    ]);
  });

  it('changes nothing when settle comes by a second time, or when the links come again', async () => {
    const store = createMemoryStore();
    await collect(requestOf(store, '2026-11-02', [query, first, second]));
    const before = new Map(store.files);
    await collect(requestOf(store, '2026-11-02', [second, first, query, first]));
    for await (const settled of settle(requestOf(store, '2026-11-02', []))) expect(settled.after.version).toBe(1);
    const kept = (files: ReadonlyMap<string, Uint8Array>) =>
      new Map([...files].filter(([key]) => /^year=|^_work\/evidence\//.test(key)));
    expect(kept(store.files)).toEqual(kept(before));
  });
});

describe('evidence that contradicts what a report says', () => {
  const query = start(roleSession(lake), { second: 1000 });
  const other = start(iamUser('mei'), { second: 1200 });
  const claim = link(iamUser('ana'), lake);
  const refutation = link(iamUser('eva'), { ...lake });

  it('withdraws a verified person, says so, and keeps nothing else of the hour out', async () => {
    const store = createMemoryStore();
    await collect(requestOf(store, '2026-11-02', [query, claim]));
    expect(await rowsOf(store)).toMatchObject([{ person: 'ana', identity_confidence: 'verified' }]);
    const [manifest] = await collect(requestOf(store, '2026-11-02', [query, claim, refutation, other]));
    const rows = await rowsOf(store);
    expect(rows.map(({ person }) => person)).toEqual([null, 'mei']);
    expect(rows[0]?.identity_confidence).not.toBe('verified');
    const diffs = [...store.files].filter(([key]) => key.startsWith('_work/diffs/2026-11-02/h00'));
    expect(diffs.map(([, bytes]) => Buffer.from(bytes).toString())).toEqual([
      expect.stringMatching(/"person"[\s\S]*"identity_confidence"/),
    ]);
    expect(manifest?.version).toBe(2);
  });

  it('is news only while nothing is gone: without the claim the person stays', async () => {
    const store = createMemoryStore();
    const [before] = await collect(requestOf(store, '2026-11-02', [query, claim]));
    for (const name of before?.evidence ?? []) {
      if (name.includes('/day/')) for (const key of store.files.keys()) if (key.includes(name)) store.files.delete(key);
    }
    const lost: string[] = [];
    for await (const _ of settle(requestOf(store, '2026-11-02', []), { onLost: ({ message }) => lost.push(message) }));
    expect(lost).toEqual([expect.stringMatching(/_work\/evidence\/2026-11-02\/day\/\w+ (?:and \d+ more )?is gone/)]);
    expect(await rowsOf(store)).toMatchObject([{ person: 'ana', identity_confidence: 'verified' }]);
    // What was lost is read again: the hour is whole, and nothing has changed.
    await collect({ ...requestOf(store, '2026-11-02', [query, claim]), scanId: 'again' });
    expect(await rowsOf(store)).toMatchObject([{ person: 'ana', identity_confidence: 'verified' }]);
  });
});

describe('asking for what no event showed', () => {
  it('asks for a key once in the life of the tree, and on along the chain', async () => {
    const store = createMemoryStore();
    const asked: string[] = [];
    const known = [link(iamUser('ana'), lake), link(roleSession(lake), inner)];
    const linkSource: LinkSource = {
      async *find(keys) {
        asked.push(...keys);
        yield* known.filter(({ issuedAccessKeyId }) => keys.includes(issuedAccessKeyId ?? ''));
      },
      account: () => ({ kind: 'lookup-links', accountId: null, region: null, counts: {} }),
    };
    const stranger = start(roleSession({ ...lake, role: 'Other', key: 'ASIALOST' }), { second: 2000 });
    const items = [start(roleSession(inner), { second: 1000 }), stranger];
    await collect({ ...requestOf(store, '2026-11-02', items), linkSource });
    await collect({ ...requestOf(store, '2026-11-02', [...items, stranger]), linkSource });
    expect(asked.sort()).toEqual(['ASIAINNER', 'ASIALAKE', 'ASIALOST']);
    expect((await rowsOf(store)).map(({ person }) => person)).toEqual(['ana', null]);
  });

  it('finds who started a Spark session, and the key behind that', async () => {
    const store = createMemoryStore();
    const sessionId = '8b1f6c1e-7d7f-4b6e-9f4d-0c2b1a3d4e5f';
    const executor = {
      role: 'service-role/AWSAthenaSparkExecutionRole-abc',
      name: `AthenaExecutor-${sessionId}`,
      key: 'ASIASPARK',
    };
    const started = link(roleSession(lake), null, {
      name: 'StartSession',
      second: 950,
      response: { sessionId, state: 'CREATED' },
    });
    const uses: SparkUse[] = [];
    const linkSource: LinkSource = {
      async *find(keys) {
        if (keys.includes('ASIALAKE')) yield link(iamUser('ana'), lake);
        if (keys.includes('ASIASPARK')) yield link(awsService('athena.amazonaws.com'), executor);
      },
      async *findSparkStarts(wanted) {
        uses.push(...wanted);
        yield started;
      },
      account: () => ({ kind: 'lookup-links', accountId: null, region: null, counts: {} }),
    };
    const items = [1000, 1400].map((second) => start(roleSession(executor), { second }));
    await collect({ ...requestOf(store, '2026-11-02', items), linkSource });
    await collect({ ...requestOf(store, '2026-11-02', [...items, ...items]), linkSource });
    const [firstUse, lastUse] = items.map(({ eventTime }) => eventTime);
    expect(uses).toMatchObject([{ sessionId, region: 'us-east-1', firstUse, lastUse }]);
    expect((await rowsOf(store)).map(({ person, identity_confidence }) => [person, identity_confidence])).toEqual([
      ['ana', 'verified'],
      ['ana', 'verified'],
    ]);
  });

  it('asks once for the events of a key that nothing resolves, and keeps what they say', async () => {
    const store = createMemoryStore();
    const studio = { role: 'Studio', name: 'studio', key: 'ASIASTUDIO', began: 900 };
    const asked: string[] = [];
    const linkSource: LinkSource = {
      async *find() {},
      async *findUses(keys) {
        asked.push(...keys);
        const onBehalfOf = { userId: 'u-1', identityStoreArn: STORE };
        const caller = { ...roleSession(studio), onBehalfOf };
        yield link(caller, { role: 'Other', name: 'x', key: 'ASIAOTHER' }, { second: 1100 });
      },
      account: () => ({ kind: 'lookup-links', accountId: null, region: null, counts: {} }),
    };
    const items = [start(roleSession(studio), { second: 1000 })];
    await collect({ ...requestOf(store, '2026-11-02', items), linkSource });
    await collect({ ...requestOf(store, '2026-11-02', [...items, ...items]), linkSource });
    expect(asked).toEqual(['ASIASTUDIO']);
    expect((await rowsOf(store)).map(({ person, identity_method }) => [person, identity_method])).toEqual([
      ['u-1', 'identity-center'],
    ]);
  });

  it('names users of Identity Center once, and remembers the answers with the tree', async () => {
    const store = createMemoryStore();
    const asked: string[] = [];
    const userNames: UserNameSource = {
      async *find(users) {
        asked.push(...users);
        for (const user of users) yield { user, name: user.endsWith('-5') ? 'ana@acorn.example' : null };
      },
      account: () => ({ kind: 'identity-store', accountId: null, region: null, counts: {} }),
    };
    const actingFor = (userId: string, second: number) =>
      start(
        roleSession({
          role: 'Notebook',
          name: 'sagemaker',
          key: `ASIA${userId}`,
          extra: { onBehalfOf: { userId, identityStoreArn: STORE } },
        }),
        { second },
      );
    const items = [actingFor('9067-5', 1000), actingFor('9067-6', 2000)];
    await collect({ ...requestOf(store, '2026-11-02', items), userNames });
    expect((await rowsOf(store)).map(({ person }) => person)).toEqual(['ana@acorn.example', '9067-6']);
    await collect({ ...requestOf(store, '2026-11-02', [...items, ...items]), userNames });
    expect(asked).toEqual([`${STORE}#9067-5`, `${STORE}#9067-6`]);
    // Whoever builds the rows next needs nobody to ask.
    await collect(requestOf(store, '2026-11-02', items));
    expect((await rowsOf(store)).map(({ person }) => person)).toEqual(['ana@acorn.example', '9067-6']);
  });
});
