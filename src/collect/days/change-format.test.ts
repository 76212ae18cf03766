import { expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import { contains } from '../../calendar/window.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import type { ReportRow } from '../../record/columns.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { REPORT_FORMATS, type ReportFormat } from '../../record/manifest.js';
import { decodeReport, REPORT_CODEC } from '../../storage/report-codec.js';
import { compactDay } from '../../tree/daily/compact-day.js';
import { dailyKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { verify } from '../../verify/verify.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { changeFormat, FormatStuck } from './change-format.js';
import { collectRange } from './collect-range.js';

const NOON = Date.UTC(2026, 8, 2, 12);
const HOURS = 3_600_000;
/** Hostile to every text format. */
const SQL = "SELECT \"a,b\" -- it's\n\tFROM t\\n WHERE x = ''\r\n";

const source: StartSource = {
  async *scan(window) {
    const starts = [0, 1, 30].map((after) =>
      startOf({
        eventId: `e${after}`,
        queryExecutionId: `q${after}`,
        eventTime: NOON + after * HOURS,
        region: 'us-east-1',
      }),
    );
    yield { items: starts.filter(({ eventTime }) => contains(window, eventTime)), covered: [window], cursor: null };
  },
  account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
};

const executions: ExecutionSource = {
  async fetch(ids) {
    return ids.map((queryExecutionId) => {
      const execution = executionOf({
        queryExecutionId,
        submittedAt: NOON + Number(queryExecutionId.slice(1)) * HOURS,
        query: SQL,
      });
      return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
    });
  },
  account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
};

/** Two days, and whatever one wants to know of them; those who change their format have nobody to ask. */
async function collected(format: ReportFormat) {
  const store = createMemoryStore();
  const now = NOON + 80 * 24 * HOURS;
  const collector = collectorOf(store, now, { executions: () => executions });
  const days = reportDays({ from: '2026-09-02', to: '2026-09-03', timezone: 'UTC' });
  for await (const _ of collectRange(collector, startsFrom(source), { days, format, scanId: 'a' }));
  const manifests = () =>
    [...store.files].flatMap(([key, bytes]) => {
      const manifest = key.endsWith('_manifest.json') ? decodeManifest(Buffer.from(bytes).toString('utf8')) : '';
      return typeof manifest === 'string' ? [] : [manifest];
    });
  const rows = async () => {
    const all: ReportRow[] = [];
    for (const { report, format } of manifests()) {
      const bytes = store.files.get(report.key) ?? new Uint8Array();
      for await (const row of decodeReport(format, one(bytes))) all.push(row);
    }
    return all.sort((a, b) => ((a.event_id ?? '') < (b.event_id ?? '') ? -1 : 1));
  };
  const reports = () => [...store.files.keys()].filter((key) => key.includes('/report_'));
  const change = async (to: ReportFormat, until = Number.POSITIVE_INFINITY) => {
    let hours = 0;
    if (until === 0) return hours;
    for await (const _ of changeFormat(collectorOf(store, now), to)) if (++hours === until) break;
    return hours;
  };
  return { store, manifests, rows, reports, change };
}

async function* one(bytes: Uint8Array) {
  yield bytes;
}

const PAIRS = REPORT_FORMATS.flatMap((from) =>
  REPORT_FORMATS.flatMap((to) => (from === to ? [] : [[from, to] as const])),
);

it.each(PAIRS)(
  'writes each hour that is %s anew as %s: the same rows, versions that grow, a tree that verifies',
  async (from, to) => {
    const { store, manifests, rows, reports, change } = await collected(from);
    const before = await rows();
    expect(before.map(({ query }) => query)).toEqual([SQL, SQL, SQL]);
    expect(await change(to)).toBe(48);
    expect(await rows()).toEqual(before);
    expect(reports()).toHaveLength(48);
    expect(reports().filter((key) => !key.endsWith(`.${to}`))).toEqual([]);
    expect(new Set(manifests().map(({ version, format }) => `${version} ${format}`))).toEqual(new Set([`2 ${to}`]));
    // Nothing of a row changed, and every version can be found in the chain.
    for (const [key, bytes] of store.files)
      if (key.startsWith('_work/diffs/'))
        expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toMatchObject({ added: [], removed: [], changed: [] });
    const faults: unknown[] = [];
    const onTree = (tree: { readonly faults: readonly unknown[] }) => void faults.push(...tree.faults);
    for await (const hour of verify({ store, from: null, to: null, codec: REPORT_CODEC, onTree }))
      faults.push(...hour.faults);
    expect(faults).toEqual([]);
    expect(await change(to)).toBe(0);
  },
);

it('keeps the files of whole days that there are as they are, and lets their notes name the new reports', async () => {
  const { store, change } = await collected('csv');
  const [kept, other] = ['2026-09-02', '2026-09-03'];
  await compactDay({ store, codec: REPORT_CODEC }, kept);
  const before = store.files.get(dailyKey.rows(kept));
  await change('json');
  expect(store.files.get(dailyKey.rows(kept))).toEqual(before);
  expect(await compactDay({ store, codec: REPORT_CODEC }, kept, { isProving: true })).toMatchObject({
    kind: 'unchanged',
  });
  expect(store.files.has(dailyKey.note(other))).toBe(false);
});

it('goes on where it was stopped, and removes what a run that died left beside', async () => {
  const { store, rows, reports, change } = await collected('csv');
  const before = await rows();
  const [firstKey = ''] = reports();
  const first = store.files.get(firstKey) ?? new Uint8Array();
  expect(await change('parquet', 30)).toBe(30);
  // It died before it removed the first.
  store.files.set(firstKey, first);
  expect(await change('parquet')).toBe(18);
  expect(reports().filter((key) => !key.endsWith('.parquet'))).toEqual([]);
  expect(await rows()).toEqual(before);
});

it.each([
  ['evidence is gone', '_work/evidence/2026-09-02/h12/', null, /hour=12\/: evidence that it was made from is gone/],
  ['a manifest is damaged', 'year=2026/month=09/day=03/hour=18/_manifest', '{', /hour=18\/_manifest.json is damaged/],
])('changes nothing where %s', async (_, prefix, content, words) => {
  const { store, change } = await collected('csv');
  for (const key of [...store.files.keys()].filter((one) => one.startsWith(prefix)))
    if (content === null) store.files.delete(key);
    else store.files.set(key, Buffer.from(content));
  const texts = () => [...store.files].map(([key, bytes]) => `${key} ${Buffer.from(bytes).toString('latin1')}`).sort();
  const before = texts();
  const failure = await change('parquet').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FormatStuck);
  expect(String(failure)).toMatch(words);
  expect(texts()).toEqual(before);
});
