import fc from 'fast-check';
import { reportDays } from '../../src/calendar/report-day.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { scanDays } from '../../src/collect/days/scan-days.js';
import { openScanLog } from '../../src/collect/scan/scan-log.js';
import type { StartSource } from '../../src/ports/start-source.js';
import { RecordShapes } from '../../src/sources/compact/record-shapes.js';
import { ReadingDesk } from '../../src/sources/content/reading-desk.js';
import { UnpackRoom } from '../../src/sources/content/unpack-room.js';
import { DayEvidence } from '../../src/sources/gaps/day-evidence.js';
import { assumeRoleRecord, logFile, otherRecord, startRecord } from '../../src/sources/record.fixture.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { readTask } from '../../src/sources/trail/read-task.js';
import type { TrailReading } from '../../src/sources/trail/read-trail-file.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import type { TrailHands } from '../../src/sources/trail/trail-hands.js';
import { liveEvidence } from '../../src/tree/evidence/evidence-view.js';
import { readHour } from '../../src/tree/evidence/hour-evidence.js';
import { dayEvidence, hourEvidence } from '../../src/tree/layout.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';

// A trail that grows, changes and loses files, a tree that loses evidence, and scans of random days of it in random order.

const FIRST = Date.UTC(2026, 10, 2);
const DAY_MS = 86_400_000;
const DATES = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06'];
export const NOW = FIRST + 9 * DAY_MS;

interface StoryEvent {
  readonly kind: 'start' | 'refused' | 'link' | 'teller' | 'bad' | 'other';
  /** Minutes from the first day on. */
  readonly minute: number;
  readonly id: number;
}

interface StoryFile {
  readonly region: 'eu-west-1' | 'us-east-1';
  readonly day: number;
  readonly minute: number;
  readonly isDated: boolean;
  readonly events: readonly StoryEvent[];
}

export type Step =
  | { readonly step: 'scan'; readonly from: number; readonly days: number; readonly keeps: readonly boolean[] }
  | { readonly step: 'add'; readonly file: StoryFile }
  | { readonly step: 'change'; readonly at: number; readonly events: readonly StoryEvent[] }
  | { readonly step: 'touch' | 'drop' | 'lose' | 'damage'; readonly at: number };

/** Few times and ids, so that copies of one event lie in several files; five in the morning is midnight in New York. */
const aMinute = fc
  .tuple(fc.nat(DATES.length - 1), fc.constantFrom(0, 299, 300, 630, 1439))
  .map(([day, minute]) => day * 1440 + minute);
const anEvent: fc.Arbitrary<StoryEvent> = fc.record({
  kind: fc.constantFrom('start', 'start', 'start', 'refused', 'link', 'teller', 'teller', 'bad', 'other'),
  minute: aMinute,
  id: fc.nat(2),
});
const events = fc.array(
  anEvent.filter(({ kind }) => kind !== 'bad'),
  { maxLength: 6 },
);
const someEvents = fc.oneof(
  { arbitrary: events, weight: 6 },
  { arbitrary: fc.array(anEvent, { maxLength: 5 }), weight: 1 },
);
const aFile: fc.Arbitrary<StoryFile> = fc.record({
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  day: fc.nat(DATES.length - 1),
  minute: fc.nat(24 * 60 - 1),
  isDated: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  events: someEvents,
});
const aScan: fc.Arbitrary<Step> = fc.record({
  step: fc.constant('scan'),
  from: fc.nat(DATES.length - 1),
  days: fc.integer({ min: 1, max: DATES.length }),
  keeps: fc.array(
    fc.integer({ min: 0, max: 4 }).map((chance) => chance > 0),
    { minLength: 5, maxLength: 5 },
  ),
});
const aChange: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ step: fc.constant('add'), file: aFile }), weight: 3 },
  { arbitrary: fc.record({ step: fc.constant('change'), at: fc.nat(), events: someEvents }), weight: 2 },
  { arbitrary: fc.record({ step: fc.constantFrom('touch', 'drop', 'damage'), at: fc.nat() }), weight: 2 },
  { arbitrary: fc.record({ step: fc.constant('lose'), at: fc.nat() }), weight: 4 },
);

/** Files that lie there first, and what happens then. */
export const aStory: fc.Arbitrary<{ readonly files: readonly StoryFile[]; readonly steps: readonly Step[] }> =
  fc.record({
    files: fc.array(aFile, { minLength: 1, maxLength: 14 }),
    steps: fc.array(fc.oneof({ arbitrary: aScan, weight: 3 }, { arbitrary: aChange, weight: 2 }), {
      minLength: 3,
      maxLength: 10,
    }),
  });

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

function recordOf({ kind, minute, id }: StoryEvent): unknown {
  const eventTime = new Date(FIRST + minute * 60_000).toISOString().replace('.000Z', 'Z');
  const eventID = `${kind}-${minute}-${id}`;
  if (kind === 'link') return assumeRoleRecord({ eventTime, eventID });
  if (kind === 'other') return otherRecord({ eventTime, eventID });
  if (kind === 'bad') return startRecord({ eventID, eventTime: id > 1 ? 'never' : eventTime, responseElements: null });
  if (kind === 'refused') return startRecord({ eventTime, eventID, errorCode: 'AccessDenied', responseElements: null });
  const queryExecutionId = `${pad(id, 8)}-74e0-48e3-9630-${pad(minute, 12)}`;
  if (kind === 'start') return startRecord({ eventTime, eventID, responseElements: { queryExecutionId } });
  const { userIdentity } = startRecord() as { userIdentity: object };
  const onBehalfOf = {
    userId: `u-${id % 2}`,
    identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-1',
  };
  return otherRecord({
    ...{ eventTime, eventID },
    userIdentity: { ...userIdentity, accessKeyId: `ASIA${id}`, onBehalfOf },
  });
}

/** A bucket whose files can be changed. */
export class StoryTrail {
  readonly files = new Map<string, { bytes: Buffer; tag: string }>();
  private written = 0;

  add({ region, day, minute, isDated, events }: StoryFile): void {
    const date = DATES[day] ?? '';
    const time = `${date.replaceAll('-', '')}T${pad(Math.floor(minute / 60))}${pad(minute % 60)}Z`;
    const name = isDated
      ? `111122223333_CloudTrail_${region}_${time}_${pad(this.files.size, 16)}.json.gz`
      : `${this.files.size}.json.gz`;
    this.put(`AWSLogs/111122223333/CloudTrail/${region}/${date.replaceAll('-', '/')}/${name}`, events);
  }

  change(at: number, change: 'touch' | 'drop' | readonly StoryEvent[]): void {
    const keys = [...this.files.keys()].sort();
    const key = keys[at % Math.max(1, keys.length)];
    const file = key === undefined ? undefined : this.files.get(key);
    if (key === undefined || !file) return;
    if (change === 'drop') this.files.delete(key);
    else if (change === 'touch') this.files.set(key, { ...file, tag: this.newTag() });
    else this.put(key, change);
  }

  private put(key: string, events: readonly StoryEvent[]): void {
    this.files.set(key, { bytes: logFile(events.map(recordOf)), tag: this.newTag() });
  }

  private newTag(): string {
    this.written += 1;
    return `"${this.written}"`;
  }

  /** What reads it; `hasTags` lets a ledger vouch for its files. Keys that were opened are added to `opened`. */
  bucket(hasTags: boolean, opened: string[] = [], leastSize = 0): TrailBucket {
    const { files } = this;
    return {
      location: 's3://logs',
      async *list(prefix, after) {
        for (const key of [...files.keys()].sort()) {
          const file = files.get(key);
          if (!file || !key.startsWith(prefix) || (after !== null && key <= after)) continue;
          yield { key, size: Math.max(leastSize, file.bytes.length), ...(hasTags ? { tag: file.tag } : {}) };
        }
      },
      async *get(key) {
        opened.push(key);
        yield files.get(key)?.bytes ?? Buffer.alloc(0);
      },
    };
  }
}

/** The source without what it counts: files read differ, and lie in the evidence of an hour that is read for the first time. */
export function uncounted(source: StartSource): StartSource {
  return { ...source, account: () => ({ ...source.account(), counts: {} }) };
}

/** Hands in this thread: they pass on what those in others do. */
function handsFor(reading: TrailReading): TrailHands {
  const evidence = new DayEvidence(reading.days, []);
  const hand = { reading, evidence, shapes: new RecordShapes(), room: new UnpackRoom(), desk: new ReadingDesk() };
  return {
    width: 3,
    read: (task) => readTask(task, hand),
    help: async () => {},
    close: async () => {},
  };
}

/** Three files of so much are worth several hands. */
const WORTH_BYTES = 8_000_000;

/** A tree that one of two scanners of the same trail writes. */
export class StoryTree {
  /** Writes until the next one fails; null: none does. */
  failsAfter: number | null = null;
  readonly store = createMemoryStore({
    beforeWrite: () => {
      if (this.failsAfter === 0) throw new Error('the machine died');
      if (this.failsAfter !== null) this.failsAfter -= 1;
    },
  });
  readonly opened: string[] = [];
  readonly warnings: string[] = [];
  private scans = 0;
  private now = NOW;
  private readonly trail: StoryTrail;
  private readonly hasLedger: boolean;
  private readonly stepMs: number;
  private readonly hasHands: boolean;

  constructor(
    trail: StoryTrail,
    hasLedger: boolean,
    { stepMs = 0, hasHands = false }: { readonly stepMs?: number; readonly hasHands?: boolean } = {},
  ) {
    this.trail = trail;
    this.hasHands = hasHands;
    this.hasLedger = hasLedger;
    this.stepMs = stepMs;
  }

  /** Returns how the scan ended. */
  async scan({ from, days: count, keeps }: Extract<Step, { step: 'scan' }>, generator = 'test/1'): Promise<string> {
    const last = DATES[Math.min(DATES.length - 1, from + count - 1)] ?? '';
    const days = reportDays({ from: DATES[from] ?? '', to: last, timezone: 'America/New_York' });
    const kept = days.filter((_, index) => keeps[index]);
    // One that stopped goes on.
    const log = await openScanLog(this.store, `scan-${this.scans}`);
    const progress = (event: { kind: string; message?: string }) => {
      if (event.kind === 'warning') this.warnings.push(String(event.message));
    };
    const bucket = this.trail.bucket(this.hasLedger, this.opened, this.hasHands ? WORTH_BYTES : 0);
    const source = uncounted(
      createTrailFiles({ bucket, ...(this.hasHands ? { openHands: handsFor, handsFrom: 3 * WORTH_BYTES } : {}) }),
    );
    const { stepMs } = this;
    // Of two readings the later counts.
    this.now += 60_000;
    // With a step every batch is made durable by itself.
    const clock = { now: () => (this.now += stepMs), sleep: async () => {} };
    try {
      const work = collectorOf(this.store, NOW, { progress, generator, clock });
      for await (const _ of scanDays(work, startsFrom(source), { days, log, keeps: kept }));
      await log.clear();
      this.scans += 1;
      return 'done';
    } catch (error) {
      return String(error);
    }
  }

  /** All but the ledger. */
  told(): ReadonlyMap<string, string> {
    const files = [...this.store.files].filter(([key]) => !/^_work\/(files|file-changes)\//.test(key));
    return new Map(
      files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]),
    );
  }

  /** What the evidence says, in whatever parts; and of each hour how it was met. */
  async evidence(): Promise<ReadonlyMap<string, readonly string[]>> {
    const view = liveEvidence(this.store);
    const lines = new Map<string, readonly string[]>();
    for (const day of reportDays({ from: '2026-10-30', to: '2026-11-08', timezone: 'America/New_York' })) {
      for (const folder of [dayEvidence(day.reportDate), ...day.hours.map(hourEvidence)]) {
        const found = new Set<string>();
        for (const part of await view.parts(folder))
          for await (const batch of view.lines(part))
            for (const text of batch) if (!text.startsWith('{"reading"')) found.add(text);
        lines.set(folder, [...found].sort());
      }
      for (const hour of day.hours) {
        const { duplicates = null, sources = null } = (await readHour(view, hour)).reading ?? {};
        lines.set(`reading of ${hourEvidence(hour)}`, [JSON.stringify({ duplicates, sources })]);
      }
    }
    return lines;
  }

  lose(at: number, prefix: string): string | null {
    const keys = [...this.store.files.keys()].filter((key) => key.startsWith(prefix)).sort();
    const key = keys[at % Math.max(1, keys.length)] ?? null;
    if (key !== null) this.store.files.delete(key);
    return key;
  }
}
