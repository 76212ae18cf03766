import { createHash } from 'node:crypto';
import { type ReportDay, reportDay, reportDays } from '../../src/calendar/report-day.js';
import { createRecompute } from '../../src/cli/verify/recompute.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import { lookBackRound } from '../../src/collect/days/look-back.js';
import { divisionFrom, type PlannedPart } from '../../src/collect/days/part-plan.js';
import { scanPart, scanWithin } from '../../src/collect/days/scan-round.js';
import { assumeRoleRecord, logFile, otherRecord, startRecord } from '../../src/sources/record.fixture.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import type { OpenTrailHands } from '../../src/sources/trail/trail-hands.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { readFileChanges } from '../../src/tree/files/file-changes.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { examine } from '../../src/verify/examine.js';
import { createMemoryScratch } from '../../src/verify/memory-scratch.fixture.js';

// The trail of an organisation of twelve accounts in five Regions over a week, and trees that collect it in several ways.

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2'];
const ACCOUNTS = Array.from({ length: 12 }, (_, index) => String(111122220000 + index));
export const WEEK = reportDays({ from: '2026-11-03', to: '2026-11-09', timezone: 'UTC' });
const FOLDERS = ACCOUNTS.length * REGIONS.length * WEEK.length;
/** Two days after the week, so that all of it is old enough to be closed. */
const NOW = Date.parse('2026-11-12T00:00:00Z');
const pad = (value: number, width = 2) => String(value).padStart(width, '0');

interface OrganisationFile {
  readonly account: string;
  readonly region: string;
  /** Date of delivery. */
  readonly date: string;
  /** Minute of the day of delivery. */
  readonly minute: number;
  /** What tells its events from all others. */
  readonly id: number;
  /** Days between its events and their delivery. */
  readonly late: number;
}

function keyOf({ account, region, date, minute, id }: OrganisationFile): string {
  const time = `${date.replaceAll('-', '')}T${pad(Math.floor(minute / 60))}${pad(minute % 60)}Z`;
  const folder = `AWSLogs/o-example12345/${account}/CloudTrail/${region}/${date.replaceAll('-', '/')}`;
  return `${folder}/${account}_CloudTrail_${region}_${time}_${pad(id, 16)}.json.gz`;
}

/** A session that begins, one or two queries of it, what else there is, and now and then a copy of what an earlier file told. */
function bytesOf(file: OrganisationFile): Buffer {
  const { id, late } = file;
  const hasCopy = late === 0 && id % 9 === 0 && id >= FOLDERS;
  const earlier = { ...file, id: id - FOLDERS, minute: minuteOf(id - FOLDERS) };
  return logFile([
    otherRecord({ ...placeOf(file), eventID: `other-${id}` }),
    linkOf(file),
    startOf(file, 0),
    ...(id % 3 === 0 ? [startOf(file, 1)] : []),
    ...(hasCopy ? [startOf(earlier, 0)] : []),
  ]);
}

const minuteOf = (id: number) => 10 + ((id * 7) % 1420);
const keyIdOf = (id: number) => `ASIA${pad(id, 12)}`;
const nameOf = (id: number) => `person-${id % 40}`;

function placeOf({ account, region, date, minute, late }: OrganisationFile) {
  const at = Date.parse(`${date}T00:00:00Z`) + (minute - 5) * 60_000 - late * 86_400_000;
  const eventTime = new Date(at).toISOString().replace('.000Z', 'Z');
  return { eventTime, awsRegion: region, recipientAccountId: account };
}

function linkOf(file: OrganisationFile) {
  const { account, id } = file;
  const arn = `arn:aws:sts::${account}:assumed-role/R/${nameOf(id)}`;
  return assumeRoleRecord({
    ...{ ...placeOf(file), eventID: `link-${id}` },
    requestParameters: { roleArn: `arn:aws:iam::${account}:role/R`, roleSessionName: nameOf(id) },
    responseElements: {
      credentials: { accessKeyId: keyIdOf(id) },
      assumedRoleUser: { assumedRoleId: `AROAEXAMPLE:${nameOf(id)}`, arn },
    },
  });
}

function startOf(file: OrganisationFile, index: number) {
  const { account, id } = file;
  return startRecord({
    ...{ ...placeOf(file), eventID: `start-${id}-${index}` },
    responseElements: { queryExecutionId: `${pad(id, 8)}-0000-4000-8000-${pad(index, 12)}` },
    userIdentity: {
      ...{
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE:${nameOf(id)}`,
        accountId: account,
        accessKeyId: keyIdOf(id),
      },
      arn: `arn:aws:sts::${account}:assumed-role/R/${nameOf(id)}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/R`, accountId: account } },
    },
  });
}

/** The bucket of the organisation's trail; files are made when they are read. */
export class Organisation {
  private readonly files = new Map<string, OrganisationFile>();
  private keys: readonly string[] | null = null;

  constructor(files: number) {
    for (let id = 0; id < files; id++) {
      const folder = id % FOLDERS;
      const day = WEEK[folder % WEEK.length]?.reportDate ?? '';
      const place = Math.floor(folder / WEEK.length);
      this.add({
        account: ACCOUNTS[place % ACCOUNTS.length] ?? '',
        region: REGIONS[Math.floor(place / ACCOUNTS.length)] ?? '',
        ...{ date: day, minute: minuteOf(id), id, late: 0 },
      });
    }
  }

  /** Files that are delivered days after their events, each in another account. */
  addLate(count: number): void {
    const from = this.files.size;
    for (let index = 0; index < count; index++)
      this.add({
        account: ACCOUNTS[index % ACCOUNTS.length] ?? '',
        region: REGIONS[index % REGIONS.length] ?? '',
        ...{ date: '2026-11-10', minute: 60 + index, id: from + index, late: 1 + (index % 6) },
      });
  }

  /** Removes all files of an account and Region that were delivered on a day. */
  removeFolder({ account, region, date }: Pick<OrganisationFile, 'account' | 'region' | 'date'>): void {
    for (const [key, file] of this.files)
      if (file.account === account && file.region === region && file.date === date) this.files.delete(key);
    this.keys = null;
  }

  private add(file: OrganisationFile): void {
    this.files.set(keyOf(file), file);
    this.keys = null;
  }

  /** `opened` takes the keys that are opened; `leastSize` is what each file claims to weigh at least. */
  bucket(opened: string[], leastSize = 0): TrailBucket {
    const sorted = () => (this.keys ??= [...this.files.keys()].sort());
    const { files } = this;
    return {
      location: 's3://logs-of-the-organisation',
      async *list(prefix, after) {
        const keys = sorted();
        const from = after !== null && after >= prefix ? firstAfter(keys, after) : firstFrom(keys, prefix);
        for (let at = from; keys[at]?.startsWith(prefix); at++) {
          const key = keys[at] ?? '';
          yield { key, size: Math.max(leastSize, 1000), tag: `"${key.length}"` };
        }
      },
      async *get(key) {
        opened.push(key);
        const file = files.get(key);
        if (!file) throw new Error(`${key} is not there`);
        yield bytesOf(file);
      },
    };
  }
}

/** The place of the first key that comes after another one. */
const firstAfter = (keys: readonly string[], after: string) => firstFrom(keys, `${after}\0`);

/** The place of the first key that does not come before another one. */
function firstFrom(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A tree over the organisation's trail. */
export class OrganisationTree {
  readonly opened: string[] = [];
  /** Children of a divided scan that died. */
  deaths = 0;
  private readonly organisation: Organisation;
  private readonly openHands: OpenTrailHands | null;
  private beforeWrite: (() => void) | null = null;
  private readonly store = createMemoryStore({ beforeWrite: () => this.beforeWrite?.() });

  constructor(organisation: Organisation, openHands: OpenTrailHands | null = null) {
    this.organisation = organisation;
    this.openHands = openHands;
  }

  /** Collects the week, or what of it is not collected. */
  async collect(scanId = 'week', days: readonly ReportDay[] = WEEK): Promise<void> {
    const task = { days, format: 'json', scanId } as const;
    for await (const _ of collectRange(collectorOf(this.store, NOW), this.sources(), task));
  }

  /**
   * Reads the week by a divided scan that two executions run at once: each of them hands every part to a reader of its own, one
   * reader of every seventh part dies at some write, and it is read again. Returns in how many parts.
   */
  async scanDivided(files: number): Promise<number> {
    const scan = () =>
      scanWithin(this.place(), this.sources(), {
        ...{ ...TIME, scanId: 'week-divided', days: WEEK, keeps: WEEK, division: divisionFrom(files) },
      });
    const [ours, theirs] = [await scan(), await scan()];
    if (typeof ours === 'string' || typeof theirs === 'string') throw new Error('the scan was not divided');
    const parts = await this.readParts(ours.key);
    // The second execution finds its plan done and forgotten, and makes another.
    for (let outcome = await scan(), done = 0; done < 2; outcome = await scan()) {
      if (outcome === 'done') done += 1;
      else if (outcome !== 'more') for (const part of await this.plan(outcome.key)) await this.read(part);
    }
    return parts;
  }

  /** Has each part of a plan read twice at once, and every seventh by one more, who dies. Returns how many there are. */
  private async readParts(key: string): Promise<number> {
    const parts = await this.plan(key);
    for (const [index, part] of parts.entries()) {
      // One that dies is alone: what the others write at that moment must not fail.
      if (index % 7 === 3) await this.dieIn(part, index);
      await Promise.all([this.read(part), this.read(part)]);
    }
    return parts.length;
  }

  private async read(part: PlannedPart): Promise<void> {
    const state = await scanPart(this.place(), this.sources(), { ...TIME, part, timezone: 'UTC' });
    if (state !== 'done') throw new Error('a part rests');
  }

  /** Reads a part by a reader that dies before one of its writes, if it makes so many. */
  private async dieIn(part: PlannedPart, index: number): Promise<void> {
    let writes = index % 11;
    this.beforeWrite = () => {
      if (writes-- <= 0) throw new Error('the child was killed');
    };
    try {
      await this.read(part);
    } catch {
      this.deaths += 1;
    } finally {
      this.beforeWrite = null;
    }
  }

  /**
   * The weekly look-back; then the hours that grew are written, and the days closed, anew. Returns in how many parts it was read,
   * none where it was not divided, how many hours grew, which files it missed, and what is left of its work.
   */
  async lookBack(division: number, days = WEEK) {
    const day: ReportDay = reportDay('2026-11-10', 'UTC');
    const round = {
      ...TIME,
      day,
      round: 0,
      holder: 'x',
      sharesQuota: false,
      after: '',
      division: divisionFrom(division),
    };
    let outcome = await lookBackRound(this.place(), this.sources(), round);
    const parts = outcome.state === 'parts' ? await this.readParts(outcome.key) : 0;
    if (parts > 0) outcome = await lookBackRound(this.place(), this.sources(), round);
    if (outcome.state !== 'done') throw new Error(`the look-back ended ${outcome.state}`);
    const { changes } = await readFileChanges(this.store);
    const gone = changes.filter(({ now }) => now === null).map(({ folder, name }) => folder + name);
    const scans = [...this.store.files.keys()].filter((key) => key.startsWith('_work/scan/'));
    await this.collect('after', days);
    return { parts, hours: outcome.hours.length, gone, scans };
  }

  /** Reports by their hash. */
  reports(): Map<string, string> {
    const reports = [...this.store.files].filter(
      ([key]) => /^year=.*\.json$/.test(key) && !key.endsWith('_manifest.json'),
    );
    return new Map(reports.sort().map(([key, bytes]) => [key, createHash('sha256').update(bytes).digest('hex')]));
  }

  /** Folders of hours of which the evidence says anything, in order. */
  hoursWithEvidence(): readonly string[] {
    const hours = [...this.store.files.keys()].flatMap(
      (key) => /^_work\/evidence\/(\d{4}-\d\d-\d\d\/h\d\d)\//.exec(key)?.[1] ?? [],
    );
    return [...new Set(hours)].sort();
  }

  /** What `aqt verify --recompute` says: faults, findings, and files of the week as listed, read and proven. */
  async verify() {
    const { store } = this;
    const examined = await examine({
      ...{ store, from: null, to: null, codec: REPORT_CODEC, scratch: createMemoryScratch(), accept: null },
      recompute: createRecompute(store, { signal: new AbortController().signal }),
    });
    const files = examined.trees.flatMap(({ files }) => files);
    const sum = (name: 'listed' | 'read' | 'proven') => files.reduce((total, day) => total + day[name], 0);
    return {
      faults: [...examined.treeFaults.map(({ text }) => text), ...examined.hours.flatMap(({ faults }) => faults)],
      findings: examined.findings.map(({ text }) => text),
      files: [sum('listed'), sum('read'), sum('proven')],
    };
  }

  private async plan(key: string): Promise<readonly PlannedPart[]> {
    return JSON.parse(Buffer.from((await this.store.read(key))?.bytes ?? []).toString('utf8')) as PlannedPart[];
  }

  private sources() {
    const { openHands } = this;
    const bucket = this.organisation.bucket(this.opened, openHands ? WORTH_HANDS_BYTES : 0);
    return startsFrom(createTrailFiles({ bucket, ...(openHands ? { openHands, handsFrom: WORTH_HANDS_BYTES } : {}) }));
  }

  private place() {
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const clock = { now: () => NOW, sleep };
    return { ...collectorOf(this.store, NOW), clock, random: () => 0.5, newStop: () => new AbortController() };
  }
}

/** Rounds end long after their work. */
const TIME = { restsAt: NOW + 60_000, endsAt: NOW + 900_000 };
/** A few files of so much are worth several threads. */
const WORTH_HANDS_BYTES = 1_000_000;
