import { symlink } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runServe } from '../../src/cli/look/serve.js';
import { openStore } from '../../src/compose/open-store.js';
import type { FirstAnswers } from '../../src/dashboard/server/first-answers.js';
import { KINDS } from '../../src/findings/kinds.js';
import { keepFileChanges } from '../../src/tree/files/file-changes.js';
import { companyHours, writeHour } from './fixture-company.js';
import { captureIo, emptyPage, type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

const timezone = 'America/New_York';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 2, queriesPerDay: 300, timezone, seed: 12 })];

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let page: string;
let served: Served;
beforeAll(async () => {
  root = await temporaryFolder();
  page = await emptyPage(root.path);
  const reports = join(root.path, 'reports');
  for (const hour of hours.slice(0, 40)) await writeHour(reports, hour, { timezone });
  served = await serveFolder(reports, { page });
}, 60_000);
afterAll(async () => {
  await served?.close();
  await root?.remove();
});

/** A request with headers that fetch does not let one set. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: served.port, path, method, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('the door', () => {
  it('leads nowhere else after the login', async () => {
    const token = new URL(served.url).searchParams.get('token');
    const { status, headers } = await raw(`//evil.example/x?token=${token}`, { host: `127.0.0.1:${served.port}` });
    expect(status).toBe(303);
    expect(headers.location).toBe('/evil.example/x');
  });

  it('gives the browser an address that works once', async () => {
    let opened = '';
    const other = await serveFolder(join(root.path, 'reports'), { page, open: true, browse: (url) => (opened = url) });
    expect(new URL(opened).searchParams.get('token')).not.toBe(new URL(other.url).searchParams.get('token'));
    expect((await fetch(opened, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(opened, { redirect: 'manual' })).status).toBe(401);
    await other.close();
  });

  it('listens on the loopback interface alone, and prints an address with a token', () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
  });

  it('gives an http-only cookie of this site for the token, and takes the token out of the address', async () => {
    const entered = await fetch(`${served.url}&q=x`, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    expect(entered.headers.get('location')).toBe('/?q=x');
    expect(entered.headers.get('set-cookie')).toMatch(/^aqt_\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(entered.headers.get('set-cookie')).not.toContain(new URL(served.url).searchParams.get('token'));
  });

  it.each([
    ['nothing', '/api/status', {}],
    ['a wrong token', '/api/status?token=wrong', {}],
    ['a wrong cookie', '/api/status', { cookie: 'aqt=1' }],
    ['nothing, for the page', '/', {}],
    ['nothing, for an asset', '/assets/app-1.js', {}],
    ['nothing, for an export', '/api/export/queries.csv', {}],
  ])('stays shut for %s', async (_, path, headers) => {
    expect((await fetch(`${served.origin}${path}`, { headers })).status).toBe(401);
  });

  it.each([
    ['another host, as a rebound name sends it', { host: 'evil.example' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin at all (null)', { origin: 'null' }],
    ['a request that another site makes', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuses %s, cookie or not', async (_, headers) => {
    const { status } = await raw('/api/status', {
      host: `127.0.0.1:${served.port}`,
      cookie: served.cookie,
      ...headers,
    });
    expect(status).toBe(403);
  });

  it('takes no change without an origin', async () => {
    const { status } = await raw('/api/console', { host: `127.0.0.1:${served.port}`, cookie: served.cookie }, 'POST');
    expect(status).toBe(403);
  });

  it('sends a policy without inline script, and shares nothing with other sites', async () => {
    const { headers } = await served.get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect((await served.get('/api/status')).headers.get('cache-control')).toBe('no-store');
  });

  it('sends the page with the answers to its first questions, as data that no name can end', async () => {
    const folder = join(root.path, 'a <!-- <script> $& b');
    await symlink(join(root.path, 'reports'), folder);
    const other = await serveFolder(folder, { page });
    const sentWith = async (path: string) => {
      const html = await (await other.get(path)).text();
      const [, sent = ''] =
        /<script type="application\/json" id="sent">([^<]*)<\/script><div id="root">/.exec(html) ?? [];
      return JSON.parse(sent) as FirstAnswers;
    };
    const overview = (await other.json('/api/overview?')) as object;
    const first = await sentWith('/');
    expect(first.status.location).toContain('a <!-- <script> $& b');
    expect(first.status.now).toBeGreaterThan(0);
    expect(await other.json('/api/status')).toMatchObject({ ...first.status, now: expect.any(Number) });
    expect({ ...first.overview, ms: 0 }).toEqual({ ...overview, ms: 0 });
    // Other addresses ask other questions.
    expect((await sentWith('/people')).overview).toBeNull();
    expect((await sentWith('/?range=all')).overview).toBeNull();
    await other.close();
  });

  it('serves files of the page only', async () => {
    expect(await (await served.get('/assets/app-1.js')).text()).toContain('app = 1');
    for (const path of [
      '/assets/../../reports',
      '/assets/%2e%2e/index.html',
      '/..%2f..%2fetc/passwd',
      '/assets/nothing.js',
    ]) {
      const response = await served.get(path);
      expect(response.status === 404 || (await response.text()).includes('<title>page')).toBe(true);
    }
  });

  it('says which port is taken, or takes the next free one', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const io = captureIo(AbortSignal.abort());
    await expect(runServe({ output: join(root.path, 'reports'), page, port }, io)).rejects.toThrow(
      `port ${port} is taken`,
    );
    blocker.close();
  });
});

interface Explored {
  totals: { queries: number; refused: number; costUsd: number };
  histogram: { bars: { queries: number }[] };
  rows: { id: string; sql: string; person: string }[];
  copy: { cli: string; sql: string };
}
interface Facets {
  facets: { name: string; values: { value: string; rows: number }[]; more: number }[];
}

describe('the answers', () => {
  const kept = hours.slice(0, 40).flatMap((hour) => hour.rows);
  const total = () => kept.length;
  const refused = kept.filter(({ state }) => state === 'REFUSED').length;
  const queries = kept.length - refused;

  it('agree with each other: totals, bars, facets, groups', async () => {
    const explored = await served.json<Explored>('/api/explore?range=all');
    expect(refused).toBeGreaterThan(0);
    expect(explored.totals).toMatchObject({ queries, refused });
    expect(explored.histogram.bars.reduce((sum, bar) => sum + bar.queries, 0)).toBe(queries);
    const { facets } = await served.json<Facets>('/api/facets?range=all&facets=workgroup,state,kind');
    for (const facet of facets) expect(facet.values.reduce((sum, value) => sum + value.rows, 0)).toBe(total());
    for (const by of ['person', 'team', 'workgroup', 'day', 'fingerprint', 'table']) {
      const groups = await served.json<{ rows: { queries: number; nanos: number }[]; totals: { costUsd: number } }>(
        `/api/groups?range=all&by=${by}&limit=2000`,
      );
      const nanos = groups.rows.reduce((sum, row) => sum + row.nanos, 0);
      expect(Math.abs(nanos - Math.round(groups.totals.costUsd * 1e9)), by).toBeLessThanOrEqual(1);
      if (by !== 'table')
        expect(
          groups.rows.reduce((sum, row) => sum + row.queries, 0),
          by,
        ).toBe(queries);
    }
  });

  it('are the same for a page that holds a whole list as for one that is given its pages', async () => {
    for (const view of ['by=table', 'by=person&workgroup=bi', 'by=workgroup&compare=previous']) {
      type Rows = readonly Record<string, unknown>[];
      const paged = await served.json<{ rows: Rows; totals: unknown }>(`/api/groups?range=1d&limit=2000&${view}`);
      const whole = await served.json<{ columns: Record<string, unknown[]>; totals: unknown }>(
        `/api/groups/whole?range=1d&${view}`,
      );
      expect(whole.totals).toEqual(paged.totals);
      const { key = [], nanos = [], last = [] } = whole.columns;
      expect(key.length).toBeGreaterThan(1);
      expect(new Set(key.map((name, index) => JSON.stringify([name, nanos[index], last[index]])))).toEqual(
        new Set(paged.rows.map((row) => JSON.stringify([row.key, row.nanos, row.last]))),
      );
    }
    const patterns = await served.get('/api/groups/whole?by=fingerprint');
    expect(patterns.status).toBe(400);
    expect(await patterns.text()).toContain('by=fingerprint is not one of');
  });

  it('count a facet without its own filter, and with all the others', async () => {
    const all = await served.json<Facets>('/api/facets?range=all&facets=workgroup,state');
    const workgroup = all.facets[0]?.values[1]?.value ?? '';
    const one = await served.json<Facets>(`/api/facets?range=all&facets=workgroup,state&workgroup=${workgroup}`);
    expect(one.facets[0]?.values).toEqual(all.facets[0]?.values);
    const states = one.facets[1]?.values.reduce((sum, value) => sum + value.rows, 0);
    expect(states).toBe(all.facets[0]?.values[1]?.rows);
  });

  it('find words in the SQL in any case, and nothing else', async () => {
    const found = await served.json<Explored>('/api/explore?range=all&q=CUSTOMERS.PII%20email');
    expect(found.totals.queries).toBeGreaterThan(0);
    for (const row of found.rows) expect(row.sql.toLowerCase()).toContain('customers.pii');
    const none = await served.json<Explored>(`/api/explore?range=all&q=${encodeURIComponent("' OR 1=1 --")}`);
    expect(none.totals.queries).toBe(0);
  });

  it('page through a list without repeating or skipping a row', async () => {
    const ids: string[] = [];
    for (let offset = 0; offset < total(); offset += 100) {
      const { rows } = await served.json<Explored>(`/api/queries?range=all&sort=cost&limit=100&offset=${offset}`);
      ids.push(...rows.map(({ id }) => id));
    }
    expect(ids).toHaveLength(total());
    expect(new Set(ids).size).toBe(total());
  });

  it('explain one query: who and how that is known, what it cost and why', async () => {
    const { rows } = await served.json<Explored>('/api/queries?range=all&sort=cost&limit=1');
    const detail = await served.json<{ row: Record<string, unknown>; cost: { steps: string[]; note: string | null } }>(
      `/api/query?id=${rows[0]?.id}`,
    );
    expect(detail.row.identity_evidence).toEqual(expect.arrayContaining([expect.stringContaining('event:')]));
    expect(detail.cost.steps.join(' ')).toContain('USD per TB');
    expect(detail.cost.note).toBeNull();
    expect((await served.get('/api/query?id=nothing')).status).toBe(404);
  });

  it('show the columns of a table, and how a workgroup is set up where that is known', async () => {
    const { rows: tables } = await served.json<{ rows: { key: string | null; reads?: number }[] }>(
      '/api/groups?by=table&range=all',
    );
    const table = tables.find(({ reads = 0 }) => reads > 0)?.key ?? '';
    const columns = await served.json<{ rows: { queries: number; direct: number; exact: number }[] }>(
      `/api/columns?range=all&of=${encodeURIComponent(table)}`,
    );
    for (const { queries, direct, exact } of columns.rows) {
      expect(direct).toBeLessThanOrEqual(queries);
      expect(exact).toBeLessThanOrEqual(queries);
    }
    const facts = await served.json<{ settings: unknown[]; p99Bytes: number; above: { bytes: number }[] }>(
      '/api/workgroup?range=all&of=primary',
    );
    expect(facts.settings).toEqual([]);
    expect(facts.above.every(({ bytes }) => bytes > facts.p99Bytes)).toBe(true);
    expect(facts.p99Bytes).toBeGreaterThan(0);
    const { unnamed } = await served.json<{ unnamed: { reason: string; queries: number }[] }>('/api/audit');
    expect(unnamed.every(({ reason, queries }) => reason !== '' && queries > 0)).toBe(true);
  });

  it('tell of log files that are gone as soon as a run has noticed it', async () => {
    const folder = join(root.path, 'one-hour');
    for (const hour of hours.slice(0, 1)) await writeHour(folder, hour, { timezone });
    const other = await serveFolder(folder, { page });
    const gone = async () => {
      const { findings } = await other.json<{ findings: { title: string; details: string[] }[] }>('/api/audit');
      return findings.filter(({ title }) => title === KINDS['log-file-gone'].title).flatMap(({ details }) => details);
    };
    expect(await gone()).toEqual([]);
    const file = { folder: 's3://trail/AWSLogs/1/CloudTrail/us-east-1/', date: '2026-11-20', name: 'a.json.gz' };
    const change = { ...file, was: { size: 7, version: 'v' }, now: null, reportDates: [] };
    const store = await openStore(folder, { clock: { now: () => 0, sleep: async () => {} }, env: {} });
    await keepFileChanges(store, [change], { now: 0 });
    expect(await gone()).toEqual([expect.stringContaining('us-east-1/2026/11/20/a.json.gz (was 7 bytes, v; missed')]);
    await other.close();
  });

  it('give the view as a command line whose answer is the same', async () => {
    const { copy } = await served.json<Explored>(
      `/api/explore?range=all&workgroup=bi&-state=FAILED&q=${encodeURIComponent("it's")}`,
    );
    expect(copy.cli).toContain(`--range all --workgroup bi --not state=FAILED --q 'it'\\''s'`);
    const result = await served.get('/api/console', {
      method: 'POST',
      body: JSON.stringify({ sql: copy.sql }),
      headers: { origin: served.origin },
    });
    expect(result.status).toBe(200);
  });

  it.each([
    ...['/api/explore?min-bytes=lots', '/api/explore?range=never', '/api/explore?from=x', '/api/explore?q=%2F(%2F'],
    ...['/api/explore?from=2026-13-01', '/api/overview?from=2026-11-01&to=2026-02-30', '/api/groups?order=nonsense'],
  ])('say what is wrong with %s', async (path) => {
    const response = await served.get(path);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(response.status).toBe(400);
    expect(error.message).not.toMatch(/SELECT|query_log/);
    expect(error.message.length).toBeGreaterThan(20);
  });

  it('say that there is no such thing below /api, where a page would be shown', async () => {
    for (const path of ['/api/nonsense', '/api/groups/nonsense', '/api']) {
      const response = await served.get(path);
      expect(response.status, path).toBe(404);
      expect(await response.json()).toEqual({ error: { message: expect.stringContaining(`there is no ${path}`) } });
    }
  });

  it('export exactly the view: all its rows, UTC, guarded for spreadsheets', async () => {
    const { totals } = await served.json<Explored>('/api/explore?range=all&workgroup=bi');
    const csv = await (await served.get('/api/export/queries.csv?range=all&workgroup=bi')).text();
    const json = (await (await served.get('/api/export/queries.ndjson?range=all&workgroup=bi')).text())
      .trim()
      .split('\n');
    expect(json).toHaveLength(totals.queries + totals.refused);
    expect(csv.split('\n')[0]).toMatch(/^query_execution_id,username,person,/);
    expect(JSON.parse(json[0] ?? '{}')).toMatchObject({ workgroup: 'bi', start_time: expect.stringMatching(/T.*Z$/) });
    const groups = await (await served.get('/api/export/groups.csv?range=all&by=team')).text();
    expect(groups.split('\n')[0]).toContain('team,queries');
  });
});

describe('a new hour', () => {
  it('is in the answers seconds after its report is written', async () => {
    const before = await served.json<{ generation: number; coverage: { hours: number } }>('/api/status');
    const next = hours[40];
    if (!next) throw new Error('the fixture is too short');
    await writeHour(join(root.path, 'reports'), next, { timezone });
    const began = Date.now();
    const after = await until(async () => {
      const status = await served.json<{ generation: number; coverage: { hours: number } }>('/api/status');
      return status.generation > before.generation ? status : null;
    });
    expect(after.coverage.hours).toBe(before.coverage.hours + 1);
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});
