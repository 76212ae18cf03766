/**
 * How fast is the dashboard over a million queries of 90 days? Prints, of one run: the size and time of the cache, the server's
 * start, what it computes while nobody asks, the p95 of every call for the default seven days and for all of it (each request is a new question to the server;
 * of memory only lists and the Audit page, which are made once a generation, are answered), the compressed page, the first view in a browser, and how long each letter that is typed into the search
 * box of 20,000 tables takes until its answer is painted. `AQT_BENCH_ONLY=typing` measures that alone,
 * `AQT_BENCH_ONLY='first view'` that and the page.
 *
 *   npm run build && npx tsx bench/dashboard.ts [queries] [folder]
 *
 * The folder keeps the made-up reports for the next run.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../src/analytics/cache/cache-files.js';
import { syncCache } from '../src/analytics/cache/sync-cache.js';
import { openStore } from '../src/compose/open-store.js';
import { CHROMIUM, launchBrowser } from '../test/dashboard/fixture-browser.js';
import { companyHours, writeCompany, writeHour } from '../test/dashboard/fixture-company.js';
import { crowdRow } from '../test/dashboard/fixture-ugly.js';

const QUERIES = Number(process.argv[2] ?? 1_000_000);
const DAYS = 90;
const ZONE = 'America/New_York';
const IDLE_SECONDS = 20;
const RUNS = Number(process.env.AQT_BENCH_RUNS ?? 20);
const folder = process.argv[3] ?? join(tmpdir(), `aqt-bench-${QUERIES}`);
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };

/**
 * Notes when a key goes down in the search box, by the clock of the event itself, and when the frame with its answer is painted: the rows
 * of the list are those of the text, and the count is the expected one.
 */
const WATCH = `(expected) => {
  window.answered = new Promise((resolve) => {
    const box = document.querySelector('[data-list-search]');
    box.addEventListener('keydown', (key) => {
      const look = () => {
        const keys = [...document.querySelectorAll('.groups-table .key')].map((cell) => cell.textContent);
        const count = document.querySelector('.list-tools [role=status]')?.textContent.split(' ')[0] ?? '0';
        const isRight = count === expected && !document.querySelector('.stale .groups-table') && keys.every((key) => key.includes(box.value));
        if (!isRight) return requestAnimationFrame(look);
        // A task behind the frame runs when it has been drawn.
        const behind = new MessageChannel();
        behind.port1.onmessage = () => resolve(performance.now() - key.timeStamp);
        behind.port2.postMessage(null);
      };
      requestAnimationFrame(look);
    }, { once: true });
  });
}`;

if (!existsSync(cli)) throw new Error('there is no dist/cli.js: run npm run build first');
console.log(
  `${cpus().length} cores, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')} at the start, ${RUNS} runs a call`,
);
if (process.env.AQT_BENCH_ONLY === 'typing') {
  await measureTyping();
  process.exit(0);
}
await prepareReports();
await prepareCache();
const server = await startServer(folder);
try {
  const total = await countQueries();
  console.log(
    `server ready in ${server.readyMs} ms (process start to first answer), over ${total.toLocaleString('en-US')} queries`,
  );
  if (process.env.AQT_BENCH_ONLY !== 'first view') {
    await measureIdle();
    await measureCalls();
  }
  await measurePage();
  await measureFirstView();
} finally {
  server.stop();
}
if (process.env.AQT_BENCH_ONLY !== 'first view') await measureTyping();

async function prepareReports(): Promise<void> {
  if (existsSync(join(folder, 'year=2026'))) return;
  await mkdir(folder, { recursive: true });
  const began = Date.now();
  // Weekends have fewer: about 64 working days carry the load.
  const queriesPerDay = Math.round(QUERIES / 69.5);
  const { hours, rows } = await writeCompany(folder, {
    lastDay: '2026-11-21',
    days: DAYS,
    queriesPerDay,
    timezone: ZONE,
    seed: 7,
  });
  console.log(`reports: ${rows} rows in ${hours} hourly CSV files, ${seconds(began)}`);
}

async function prepareCache(): Promise<void> {
  const store = await openStore(folder, { clock, env: {} });
  const place = await cacheFolder(folder, {});
  const began = Date.now();
  const first: { at: number | null } = { at: null };
  const result = await syncCache({ store, folder: place, onPublish: () => (first.at ??= Date.now()) });
  const again = Date.now();
  await syncCache({ store, folder: place });
  const [file = ''] = (await readdir(place)).filter((name) => name.startsWith('cache-'));
  const { size } = await stat(join(place, file));
  if (result.outcome === 'synced') {
    const open = first.at === null ? '' : `, the newest week after ${((first.at - began) / 1000).toFixed(1)} s`;
    console.log(`cache: built in ${seconds(began)}${open}; ${(size / 1e6).toFixed(0)} MB`);
  }
  console.log(`cache: look for changes in everything, none found: ${Date.now() - again} ms`);
}

async function startServer(folder: string) {
  const began = performance.now();
  const child = spawn(process.execPath, [cli, 'serve', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Uint8Array) => {
      out += String(chunk);
      const match = /^http:\S+/m.exec(out);
      if (match) resolve(match[0]);
    });
    child.on('exit', (code) => reject(new Error(`aqt serve ended with ${code}`)));
  });
  const entered = await fetch(url, { redirect: 'manual' });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { origin } = new URL(url);
  await (await fetch(`${origin}/api/status`, { headers: { cookie } })).arrayBuffer();
  return {
    url,
    origin,
    cookie,
    readyMs: Math.round(performance.now() - began),
    stop: () => child.kill('SIGINT'),
    cpuMs: () => cpuOf(child.pid ?? 0),
  };
}

/** What a process has computed so far, in milliseconds; 0 where the system does not tell. */
function cpuOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** What the server computes while nobody asks and no report changes: it looks at the newest days every two seconds. */
async function measureIdle(): Promise<void> {
  // The look at everything comes first.
  await clock.sleep(6_000);
  const before = server.cpuMs();
  await clock.sleep(IDLE_SECONDS * 1000);
  const share = (server.cpuMs() - before) / (IDLE_SECONDS * 1000);
  console.log(`nobody asks: ${(share * 100).toFixed(1)} % of a core`);
}

async function ask(path: string): Promise<Response> {
  const response = await fetch(`${server.origin}${path}`, { headers: { cookie: server.cookie } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

async function countQueries(): Promise<number> {
  const { coverage } = (await (await ask('/api/status')).json()) as { coverage: { queries: number } };
  return coverage.queries;
}

async function measureCalls(): Promise<void> {
  const { rows } = (await (await ask('/api/queries?limit=1&sort=cost')).json()) as { rows: { id: string }[] };
  const facets = 'person,workgroup,state,table,type,client';
  const words = [
    'ledger_id',
    'customers.pii',
    'utm_campaign',
    'sum_revenue',
    'tablesample',
    'segment_id',
    'order_items',
    'funnel',
  ];
  // `n` belongs to no filter; it makes the question a new one.
  const calls: readonly (readonly [string, (range: string, n: number) => string])[] = [
    ['overview', (range, n) => `/api/overview?range=${range}&n=${n}`],
    ['explore (sums, bars, list)', (range, n) => `/api/explore?range=${range}&limit=100&n=${n}`],
    ['facets', (range, n) => `/api/facets?range=${range}&facets=${facets}&n=${n}`],
    ['explore, one workgroup', (range, n) => `/api/explore?range=${range}&workgroup=bi&limit=100&n=${n}`],
    ['facets, one workgroup', (range, n) => `/api/facets?range=${range}&workgroup=bi&facets=${facets}&n=${n}`],
    [
      'text search',
      (range, n) => `/api/explore?range=${range}&q=${words[n % words.length]}%20${n % 10}&limit=100&n=${n}`,
    ],
    [
      'text search, facets',
      (range, n) => `/api/facets?range=${range}&q=${words[n % words.length]}%20${n % 7}${n}&facets=${facets}`,
    ],
    [
      'text search, regex',
      (range, n) =>
        `/api/explore?range=${range}&q=${encodeURIComponent(`/sum\\(.*${n % 10}.*group/`)}&limit=100&n=${n}`,
    ],
    ['list by cost, row 5000', (range, n) => `/api/queries?range=${range}&sort=cost&limit=100&offset=5000&n=${n}`],
    ['by person', (range, n) => `/api/groups?range=${range}&by=person&trend=1&n=${n}`],
    ['by pattern', (range, n) => `/api/groups?range=${range}&by=fingerprint&trend=1&n=${n}`],
    ['by table', (range, n) => `/api/groups?range=${range}&by=table&trend=1&n=${n}`],
    ['by workgroup', (range, n) => `/api/groups?range=${range}&by=workgroup&trend=1&n=${n}`],
    ['identities', (range, n) => `/api/identities?range=${range}&n=${n}`],
    ['first touches of a person', (range, n) => `/api/touches?range=${range}&person=noor.novak@acme.example&n=${n}`],
    ['one query', (_, n) => `/api/query?id=${rows[0]?.id}&n=${n}`],
    ['audit', (_, n) => `/api/audit?n=${n}`],
  ];
  console.log(
    `\n${'call'.padEnd(30)} ${'7 days p50'.padStart(11)} ${'p95'.padStart(7)} ${'CPU'.padStart(6)} ${'all p50'.padStart(9)} ${'p95'.padStart(7)} ${'CPU'.padStart(6)}   ms; CPU is the mean of what the server computed, on all cores`,
  );
  for (const [name, path] of calls) {
    const week = await timesOf((n) => path('7d', n));
    const all = await timesOf((n) => path('all', n + 1000));
    const cells = [week, all].flatMap(({ times, cpuMs }) => [quantile(times, 0.5), quantile(times, 0.95), cpuMs]);
    const [a = 0, b = 0, weekCpu = 0, c = 0, d = 0, allCpu = 0] = cells;
    console.log(
      `${name.padEnd(30)} ${text(a, 11)} ${text(b, 7)} ${text(weekCpu, 6)} ${text(c, 9)} ${text(d, 7)} ${text(allCpu, 6)}`,
    );
  }
}

async function timesOf(path: (n: number) => string): Promise<{ readonly times: number[]; readonly cpuMs: number }> {
  const times: number[] = [];
  await (await ask(path(500))).arrayBuffer();
  const computed = server.cpuMs();
  for (let n = 0; n < RUNS; n += 1) {
    const began = performance.now();
    await (await ask(path(n))).arrayBuffer();
    times.push(performance.now() - began);
  }
  return { times: times.sort((a, b) => a - b), cpuMs: (server.cpuMs() - computed) / RUNS };
}

async function measurePage(): Promise<void> {
  const html = await (await ask('/')).text();
  const names = ['/', ...[...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, name = '']) => name)];
  let sum = 0;
  for (const name of names) {
    const response = await fetch(`${server.origin}${name}`, {
      headers: { cookie: server.cookie, 'accept-encoding': 'gzip' },
    });
    await response.arrayBuffer();
    sum += Number(response.headers.get('content-length') ?? 0);
  }
  console.log(`\npage before the lazy parts: ${(sum / 1000).toFixed(0)} KB with gzip, ${names.length} files`);
}

async function measureFirstView(): Promise<void> {
  if (CHROMIUM === null) {
    console.log('first view: there is no Chromium here');
    return;
  }
  const browser = await launchBrowser();
  const times: number[] = [];
  const paints: number[] = [];
  for (let n = 0; n < Math.min(RUNS, 10); n += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(server.url);
    await page.locator('.tile dd').first().waitFor();
    times.push(performance.now() - began);
    paints.push(
      Number(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")),
    );
    await context.close();
  }
  await browser.close();
  times.sort((a, b) => a - b);
  paints.sort((a, b) => a - b);
  console.log(
    `first view, numbers on the screen (new context, from the printed address): p50 ${text(quantile(times, 0.5))} ms, p95 ${text(quantile(times, 0.95))} ms; first paint p50 ${text(quantile(paints, 0.5))} ms`,
  );
}

/** From the letter in the box to the frame that shows its answer, over a company of 20,000 tables and 3,000 people. */
async function measureTyping(): Promise<void> {
  if (CHROMIUM === null) {
    console.log('typing: there is no Chromium here');
    return;
  }
  const crowd = join(tmpdir(), 'aqt-bench-crowd');
  if (!existsSync(join(crowd, 'year=2026'))) await writeCrowd(crowd);
  const served = await startServer(crowd);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
    await page.goto(`${served.origin}/tables?range=all`);
    await page.locator('.groups-table tbody tr').nth(20).waitFor();
    // The lines over time come after the rows, and would be measured with them.
    await page.locator('.c-trend svg').first().waitFor();
    const all = await page.locator('.list-tools [role=status]').textContent();
    const box = page.locator('[data-list-search]');
    // Where the page holds the list it answers by itself, and the server only is asked for what the count must be.
    const found = async (search: string): Promise<string> => {
      const path = `${served.origin}/api/groups?range=all&by=table&limit=1&search=${encodeURIComponent(search)}`;
      const answer = await fetch(path, { headers: { cookie: served.cookie } });
      return ((await answer.json()) as { found: number }).found.toLocaleString('en-US');
    };
    const session = await page.context().newCDPSession(page);
    // What the page's main thread computes, whatever else the machine does.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const computed = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    };
    const times: number[] = [];
    const spent: number[] = [];
    for (const word of ['lake.table_1234', 'table_77', 'e_19', '_20', '99999', '5', 'marts']) {
      await box.fill('');
      await page.waitForTimeout(600);
      for (let letters = 1; letters <= word.length; letters += 1) {
        await page.evaluate(`(${WATCH})(${JSON.stringify(await found(word.slice(0, letters)))})`);
        const before = await computed();
        await box.press(word.slice(letters - 1, letters));
        times.push(Number(await page.evaluate('window.answered')));
        spent.push((await computed()) - before);
      }
    }
    spent.sort((a, b) => a - b);
    times.sort((a, b) => a - b);
    console.log(
      `typing in the search box of ${all} tables, ${times.length} letters, key down to painted answer: p50 ${text(quantile(times, 0.5))} ms, p95 ${text(quantile(times, 0.95))} ms; computed by the page's main thread: p50 ${text(quantile(spent, 0.5))} ms, p95 ${text(quantile(spent, 0.95))} ms; load ${loadavg()[0]?.toFixed(1)}`,
    );
  } finally {
    await browser.close();
    served.stop();
  }
}

async function writeCrowd(folder: string): Promise<void> {
  let number = 0;
  for (const hour of companyHours({ lastDay: '2026-11-21', days: 7, queriesPerDay: 6000, timezone: ZONE, seed: 9 }))
    await writeHour(
      folder,
      { ...hour, rows: hour.rows.map((row) => crowdRow(row, number++)) },
      { timezone: ZONE, status: 'open' },
    );
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

function text(ms: number, width = 0): string {
  return ms.toFixed(0).padStart(width);
}

function seconds(began: number): string {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
