import { type ReportDay, reportDay } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { divisionFrom, type PlannedPart } from '../../src/collect/days/part-plan.js';
import { scanPart, scanRound } from '../../src/collect/days/scan-round.js';
import { dayMachine } from '../../src/infra/day-machine.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { createVirtualClock, type VirtualClock } from '../../src/simulator/wire/clocks.js';
import { logFile, otherRecord, startRecord } from '../../src/sources/record.fixture.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { liveEvidence } from '../../src/tree/evidence/evidence-view.js';
import { readHour } from '../../src/tree/evidence/hour-evidence.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { type Definition, execute, TaskFailed } from '../../test/deploy/asl-interpreter.js';
import { table } from '../kit/measure.js';
import { LIMITS as L } from './limits.js';

const DAY = reportDay('2026-11-01', 'UTC');
const NOW = Date.parse('2026-11-02T01:00:00Z');
/** Every so many files hold a start. */
const STARTS_EVERY = 20;
/** What the tree takes for a call. */
const TREE_MS = 30;
/** One child in so many dies on its way. */
const DIES_EVERY = 50;

/** Has the machine of a day scan a bucket of so many files, by a loop and by so many children, on a clock that jumps. */
export async function triedMap(files: number, children: number): Promise<string> {
  const bucket = bucketOf(files);
  const loop = await scanned(bucket, { divideFrom: 0, children });
  const map = await scanned(bucket, { divideFrom: L.divideFrom, children });
  if (loop.told !== map.told) throw new Error('the Map told other things than the loop');
  const row = (name: string, { seconds, calls, died }: typeof loop) => [
    ...[name, String(calls), String(died), seconds.toFixed(0)],
  ];
  return `## The Map, tried

The definition of the day's machine, run here over a bucket in memory of ${files.toLocaleString('en-US')} files of one day, with the scan's own functions and a clock that jumps: ${L.fileLatencyS * 1000} ms a file, ${L.listLatencyS * 1000} ms for ${L.keysPerList.toLocaleString('en-US')} keys,
${TREE_MS} ms for each call to the tree, ${L.childOverheadS} s for each call of a function; computing takes no time. ${map.starts.toLocaleString('en-US')} starts; what the evidence of all hours says is the same for both.

${table(
  ['scan', 'calls of the function', 'of them died', 'simulated s'],
  [row('loop', loop), row(`${children} children at once`, map)],
)}

What that leaves out, computing, is tried by \`test/end-to-end/organisation.slow.test.ts\`: an organisation of twelve accounts in five Regions is collected by one loop, by threads, and by a divided scan whose parts are read twice at once and by readers
that are killed: to the same bytes, each file opened once (by a part: by both who read it), with a look-back that opens what came late alone, and every report made again from its evidence. Of 100,000 files with \`AQT_FILES=100000\`; it prints how long each step took.`;
}

async function scanned(
  { keys, bytes }: ReturnType<typeof bucketOf>,
  { divideFrom, children }: { readonly divideFrom: number; readonly children: number },
) {
  const clock = createVirtualClock({ startsAt: NOW });
  const files = createMemoryStore();
  const store = slow(files, clock);
  const bucket: TrailBucket = {
    location: 's3://logs',
    async *list(prefix, after) {
      const from = after === null ? 0 : firstAbove(keys, after);
      for (let at = from; at < keys.length; at += 1) {
        if ((at - from) % L.keysPerList === 0) await clock.sleep(L.listLatencyS * 1000);
        const key = keys[at] ?? '';
        if (key.startsWith(prefix)) yield { key, size: bytes(key).length };
      }
    },
    async *get(key) {
      await clock.sleep(L.fileLatencyS * 1000);
      yield bytes(key);
    },
  };
  const place = {
    ...{ ...collectorOf(store, NOW), clock },
    ...{ random: () => 0.5, newStop: () => new AbortController() },
  };
  const sources = () => startsFrom(createTrailFiles({ bucket }));
  let [calls, died] = [0, 0];
  const call = async (payload: Readonly<Record<string, unknown>>) => {
    calls += 1;
    const mayDie = payload.phase === 'part' && calls % DIES_EVERY === 0;
    await clock.sleep(L.childOverheadS * 1000);
    const time = { restsAt: clock.now() + L.lambdaSeconds * 1000, endsAt: clock.now() + 875_000 };
    if (payload.phase === 'part') {
      // It dies when it has rested once: whoever is asked again goes on there.
      if (mayDie) {
        died += 1;
        await scanPart(place, sources(), { ...time, restsAt: 0, part: payload.part as PlannedPart, timezone: 'UTC' });
        throw new TaskFailed('Runtime.ExitError', 'it was killed');
      }
      return {
        state: await scanPart(place, sources(), { ...time, part: payload.part as PlannedPart, timezone: 'UTC' }),
      };
    }
    if (payload.phase === 'late') return { state: 'done', hours: [] };
    const round = { day: DAY, round: 0, holder: 'x', sharesQuota: false, division: divisionFrom(divideFrom) };
    const outcome = await scanRound(place, sources(), { ...time, ...round });
    if (outcome.state === 'done') return { state: 'done', hours: [] };
    return { bucket: 'reports', ...outcome };
  };
  const { status, cause } = await execute(
    definition(children),
    { report_date: DAY.reportDate },
    {
      task: async (_, { FunctionName: name, Payload }) => ({
        Payload: name === 'ScanArn' ? await call(Payload as Readonly<Record<string, unknown>>) : {},
      }),
      wait: (seconds) => clock.sleep(seconds * 1000),
      random: () => 0.5,
      object: async ({ key }) => Buffer.from(files.files.get(key) ?? []).toString('utf8'),
    },
  );
  if (status !== 'SUCCEEDED') throw new Error(`the day failed: ${cause}`);
  const seconds = (clock.now() - NOW) / 1000;
  return { ...(await toldBy(files, DAY)), seconds, calls, died };
}

function definition(children: number): Definition {
  const text = JSON.stringify(dayMachine())
    .replace(/"\$\{ScanConcurrency\}"/g, String(children))
    .replace(/"\$\{HourConcurrency\}"/g, '1')
    .replace(/\$\{([\w:]+)\}/g, (_, name: string) => (name === 'Feeds' ? '' : name));
  return JSON.parse(text) as Definition;
}

/** Keys over the day, ascending, and what lies there. */
function bucketOf(files: number) {
  const nothing = logFile([otherRecord()]);
  const starts = new Map<string, Buffer>();
  const keys = Array.from({ length: files }, (_, index) => {
    const at = new Date(DAY.window.start + Math.floor((index / files) * 86_400_000));
    const eventTime = `${at.toISOString().slice(0, 19)}Z`;
    const minute = `${eventTime.slice(0, 16).replace(/[-:]/g, '')}Z`;
    const key = `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/111122223333_CloudTrail_eu-west-1_${minute}_a${String(index).padStart(15, '0')}.json.gz`;
    const queryExecutionId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    if (index % STARTS_EVERY === 0)
      starts.set(
        key,
        logFile([startRecord({ eventID: `e-${index}`, eventTime, responseElements: { queryExecutionId } })]),
      );
    return key;
  });
  return { keys, bytes: (key: string) => starts.get(key) ?? nothing };
}

function firstAbove(keys: readonly string[], after: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A store whose every call takes its time. */
function slow(store: ReportStore, clock: VirtualClock): ReportStore {
  const later = async <T>(call: () => Promise<T>): Promise<T> => {
    await clock.sleep(TREE_MS);
    return call();
  };
  return {
    location: store.location,
    read: (key) => later(() => store.read(key)),
    stream: (key) => later(() => store.stream(key)),
    tagOf: (key) => later(() => store.tagOf(key)),
    write: (key, content, condition) => later(() => store.write(key, content, condition)),
    remove: (key) => later(() => store.remove(key)),
    async *list(prefix) {
      await clock.sleep(TREE_MS);
      yield* store.list(prefix);
    },
  };
}

async function toldBy(store: ReportStore, day: ReportDay): Promise<{ readonly told: string; readonly starts: number }> {
  const hours = await Promise.all(day.hours.map((hour) => readHour(liveEvidence(store), hour)));
  const starts = hours.reduce((sum, { starts }) => sum + starts.length, 0);
  return {
    told: JSON.stringify(hours.map(({ starts, malformed, copies }) => ({ starts, malformed, copies }))),
    starts,
  };
}
