import { buildCompany, type WorkGroup } from './company.js';
import type { Credential } from './credential.js';
import { createRandom, type Random } from './random.js';
import { completeCredential, type SessionContext } from './sessions.js';
import { type Channel, channelsOf, type Rhythm } from './ways.js';
import {
  type Attempt,
  type EventRow,
  type EventSubject,
  type Fate,
  lowerBound,
  partitionOf,
  type World,
} from './world.js';

/** How much happens, how CloudTrail delivers it, and what goes wrong in the account itself. */
export interface WorldOptions {
  readonly seed: number;
  /** First instant of the history, epoch milliseconds; midnight of the company is 05:00 UTC. */
  readonly startsAt?: number;
  readonly days?: number;
  readonly queriesPerDay?: number;
  /** Management events of other services a day, in every account. */
  readonly noisePerDay?: number;
  readonly delivery?: Partial<Delivery>;
  readonly rates?: Partial<Rates>;
  /** Days after the start at which the workgroup `legacy-reports` is deleted; null never. */
  readonly legacyDeletedAfterDays?: number | null;
}

/** When an event can be read, after it happened. */
export interface Delivery {
  readonly typicalMs: number;
  /** Share of the events that come much later. */
  readonly lateShare: number;
  readonly lateMaxMs: number;
}

/** Shares of all attempts. */
export interface Rates {
  readonly refused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly long: number;
  readonly reused: number;
  readonly requeued: number;
  /** Start repeated with the same client token: a second event for the same execution. */
  readonly repeated: number;
  /** Start repeated with the same client token by another principal. */
  readonly conflicting: number;
  /** Executions whose start CloudTrail never shows. */
  readonly unseen: number;
}

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The company lives five hours behind UTC, all year. */
const LOCAL_OFFSET_MS = -5 * HOUR_MS;
/** Sunday, 1 November 2026, 00:00 in New York: the day on which the clocks go back. */
export const DEFAULT_START = Date.UTC(2026, 10, 1, 4);

const DELIVERY: Delivery = { typicalMs: 150_000, lateShare: 0.004, lateMaxMs: 26 * HOUR_MS };
const RATES: Rates = {
  refused: 0.025,
  failed: 0.04,
  cancelled: 0.015,
  long: 0.006,
  reused: 0.03,
  requeued: 0.003,
  repeated: 0.008,
  conflicting: 0.0006,
  unseen: 0,
};

/** Generates the history of the company: equal options give equal worlds. */
export function buildWorld(options: WorldOptions): World {
  const { seed, startsAt = DEFAULT_START, days = 5, queriesPerDay = 600, noisePerDay = 400 } = options;
  const { legacyDeletedAfterDays = 2 } = options;
  const deletedAt = legacyDeletedAfterDays === null ? null : startsAt + legacyDeletedAfterDays * DAY_MS + 15 * HOUR_MS;
  const company = buildCompany({ seed, deletedAt });
  const world: World = {
    seed,
    company,
    startsAt,
    endsAt: startsAt + days * DAY_MS,
    attempts: [],
    credentials: [],
    partitions: new Map(),
    startsOf: [],
    byKey: new Map(),
    delivery: { ...DELIVERY, ...options.delivery },
    eventCount: 0,
  };
  const rates = { ...RATES, ...options.rates };
  const drafts: EventDraft[] = [];
  const channels = channelsOf(company);
  for (let day = 0; day < days; day++) generateDay(world, { day, days, queriesPerDay, channels, rates });
  finishAttempts(world);
  draftStarts(world, rates, drafts);
  for (const credential of world.credentials) drafts.push(...issueEvents(world, credential));
  draftNoise(world, noisePerDay, drafts);
  drafts.sort((a, b) => a.time - b.time);
  for (const draft of drafts) appendEvent(world, draft);
  return world;
}

/** An event without its number. */
export interface EventDraft {
  readonly time: number;
  readonly accountId: string;
  readonly region: string;
  readonly subject: EventSubject;
}

/** Gives an event its number and delay and files it; later ones may be older (calls over HTTP meet scheduled ones). */
export function appendEvent(world: World, draft: EventDraft): EventRow {
  const number = world.eventCount++;
  const row: EventRow = { number, visibleAt: draft.time + delayOf(world, number), ...draft };
  const partition = partitionOf(world, draft.accountId, draft.region);
  insertByTime(partition.events, row);
  if (draft.subject.kind === 'issue') {
    insertByTime(partition.issues, row);
    const key = draft.subject.credential.accessKeyId;
    if (key !== null) partition.issuesByKey.set(key, [...(partition.issuesByKey.get(key) ?? []), row]);
  }
  if (draft.subject.kind === 'start') {
    insertByTime(partition.starts, row);
    const { attempt } = draft.subject;
    const known = world.startsOf[attempt.number];
    world.startsOf[attempt.number] =
      known === undefined ? row : Array.isArray(known) ? [...known, row] : [known as EventRow, row];
  }
  return row;
}

/** Files an execution under its workgroup. */
export function fileExecution(world: World, attempt: Attempt): void {
  if (attempt.fate === 'refused') return;
  const { executions } = partitionOf(world, attempt.channel.accountId, attempt.channel.region);
  const list = executions.get(attempt.workGroup.name) ?? [];
  const position = lowerBound(list, attempt.submittedAt + 1, (other) => other.submittedAt);
  if (position === list.length) list.push(attempt);
  else list.splice(position, 0, attempt);
  executions.set(attempt.workGroup.name, list);
}

/** The events that the issue of a credential leaves: one, or a copy for the caller's and one for the role's account. */
export function issueEvents(world: World, credential: Credential): EventDraft[] {
  const { issue, createdAt } = credential;
  if (!issue || createdAt === null) return [];
  const draft = (accountId: string, copy: 'only' | 'caller' | 'target'): EventDraft => ({
    time: createdAt,
    accountId,
    region: issue.region,
    subject: { kind: 'issue', credential, copy },
  });
  const caller = issue.caller.kind === 'credential' ? issue.caller.credential.accountId : credential.accountId;
  if (caller === credential.accountId) return [draft(caller, 'only')];
  if (!Object.values(world.company.accounts).includes(credential.accountId)) return [draft(caller, 'caller')];
  return [draft(caller, 'caller'), draft(credential.accountId, 'target')];
}

interface DayPlan {
  readonly day: number;
  readonly days: number;
  readonly queriesPerDay: number;
  readonly channels: readonly Channel[];
  readonly rates: Rates;
}

/** Adds one day's attempts, in no order yet and with provisional numbers. */
function generateDay(world: World, { day, days, queriesPerDay, channels, rates }: DayPlan): void {
  const { seed, company } = world;
  const dayStart = world.startsAt + day * DAY_MS;
  const isWeekend = [0, 6].includes(new Date(dayStart + 12 * HOUR_MS).getUTCDay());
  const total = channels.reduce((sum, channel) => sum + channel.weight, 0);
  const groups = new Map(company.workGroups.map((group) => [group.name, group]));
  channels.forEach((channel, index) => {
    if (day >= Math.max(1, Math.ceil(channel.until * days))) return;
    const random = createRandom(seed, 'day', day, index);
    const isHuman = channel.rhythm === 'office' || channel.rhythm === 'evening';
    const mean = (channel.weight / total) * queriesPerDay * (isWeekend && isHuman ? 0.3 : 1);
    const isOnce = channel.weight === 0 && day === Math.floor(days / 2);
    const count = isOnce ? 1 : Math.floor(mean * (0.8 + 0.4 * random.next()) + random.next());
    const times = Array.from({ length: count }, () => instantIn(dayStart, channel.rhythm, random)).sort(
      (a, b) => a - b,
    );
    let session: Credential | null = null;
    let last = 0;
    for (const submittedAt of times) {
      if (
        session === null ||
        submittedAt > (session.expiresAt ?? Infinity) - 60_000 ||
        submittedAt - last > 50 * 60_000
      ) {
        const at = Math.floor(submittedAt / 1000) * 1000 - random.int(40, 240) * 1000;
        session = channel.open(sessionContext(world, { at, random, region: channel.region }));
      }
      last = submittedAt;
      const group = groups.get(channel.workGroup);
      world.attempts.push({
        number: 0,
        submittedAt,
        actor: random.pick(channel.actors),
        channel,
        credential: session,
        workGroup: availableGroup(group, submittedAt, groups),
        fate: fateOf(random, rates),
        live: null,
        isUnseen: rates.unseen > 0 && random.chance(rates.unseen),
      });
    }
  });
}

/** What `Channel.open` needs; credentials are registered in the world. */
export function sessionContext(
  world: World,
  { at, random, region }: { at: number; random: Random; region: string },
): SessionContext {
  return {
    seed: world.seed,
    company: world.company,
    random,
    at,
    region,
    mint(draft) {
      const credential = completeCredential(world.seed, world.credentials.length, draft);
      world.credentials.push(credential);
      if (credential.accessKeyId !== null) world.byKey.set(credential.accessKeyId, credential);
      return credential;
    },
  };
}

function availableGroup(group: WorkGroup | undefined, at: number, groups: ReadonlyMap<string, WorkGroup>): WorkGroup {
  const primary = groups.get('primary');
  const chosen = group && (group.deletedAt === null || at < group.deletedAt - HOUR_MS) ? group : primary;
  if (!chosen) throw new Error('the simulated company has no workgroup primary');
  return chosen;
}

/** Sorts the attempts, numbers them, and files the executions. */
function finishAttempts(world: World): void {
  world.attempts.sort((a, b) => a.submittedAt - b.submittedAt || a.credential.number - b.credential.number);
  world.attempts.forEach((attempt, number) => {
    const numbered = { ...attempt, number };
    world.attempts[number] = numbered;
    fileExecution(world, numbered);
  });
}

function draftStarts(world: World, rates: Rates, drafts: EventDraft[]): void {
  for (const attempt of world.attempts) {
    if (attempt.isUnseen) continue;
    const { credential, channel } = attempt;
    const random = createRandom(world.seed, 'start', attempt.number);
    const time = eventTimeOf(attempt, random);
    const draft = (at: number, by: Credential, isRetry: boolean): EventDraft => ({
      time: at,
      accountId: channel.accountId,
      region: channel.region,
      subject: { kind: 'start', attempt, credential: by, isRetry },
    });
    drafts.push(draft(time, credential, false));
    if (attempt.fate === 'refused') continue;
    if (random.chance(rates.repeated)) drafts.push(draft(time + random.int(1, 90) * 1000, credential, true));
    else if (random.chance(rates.conflicting)) {
      const other = world.attempts[Math.max(0, attempt.number - random.int(1, 40))];
      if (other && other.credential.accountId === channel.accountId && other.actor.id !== attempt.actor.id) {
        drafts.push(draft(time + random.int(5, 900) * 1000, other.credential, true));
      }
    }
  }
}

/** CloudTrail notes the completion of the call, in whole seconds: up to some seconds after the submission. */
export function eventTimeOf(attempt: Attempt, random: Random): number {
  return Math.floor((attempt.submittedAt + random.int(30, 1_900)) / 1000) * 1000;
}

function draftNoise(world: World, perDay: number, drafts: EventDraft[]): void {
  if (world.credentials.length === 0) return;
  const random = createRandom(world.seed, 'noise');
  const count = Math.round((perDay * (world.endsAt - world.startsAt)) / DAY_MS);
  const accounts = Object.values(world.company.accounts);
  for (const accountId of accounts) {
    for (let i = 0; i < count / accounts.length; i++) {
      const credential = random.pick(world.credentials);
      const time = world.startsAt + Math.floor((random.next() * (world.endsAt - world.startsAt)) / 1000) * 1000;
      const region = world.company.regions[random.chance(0.8) ? 0 : 1];
      drafts.push({ time, accountId, region, subject: { kind: 'noise', credential, template: random.int(0, 999) } });
    }
  }
}

function fateOf(random: Random, rates: Rates): Fate {
  let left = random.next();
  for (const fate of ['refused', 'failed', 'cancelled', 'long', 'reused', 'requeued'] as const) {
    left -= rates[fate];
    if (left < 0) return fate;
  }
  return 'succeeded';
}

/** Weights of the 24 local hours. */
const RHYTHMS: Readonly<Record<Rhythm, readonly number[]>> = {
  office: [0, 0, 0, 0, 0, 0, 1, 4, 9, 14, 15, 13, 8, 11, 14, 13, 10, 7, 3, 2, 1, 1, 0, 0],
  evening: [2, 1, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 9, 7, 4],
  night: [3, 2, 0, 0, 12, 20, 8, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4],
  steady: [4, 4, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
};

function instantIn(dayStart: number, rhythm: Rhythm, random: Random): number {
  const weights = RHYTHMS[rhythm];
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const localHourAtStart = Math.floor((((dayStart + LOCAL_OFFSET_MS) % DAY_MS) + DAY_MS) / HOUR_MS) % 24;
  for (let hour = 0; hour < 24; hour++) {
    left -= weights[(localHourAtStart + hour) % 24] ?? 0;
    if (left < 0) return dayStart + hour * HOUR_MS + random.int(0, HOUR_MS - 1);
  }
  return dayStart;
}

function delayOf(world: World, number: number): number {
  const random = createRandom(world.seed, 'delay', number);
  const { typicalMs, lateShare, lateMaxMs } = world.delivery;
  if (lateShare > 0 && random.chance(lateShare))
    return Math.round(20 * 60_000 + random.next() * Math.max(0, lateMaxMs - 20 * 60_000));
  return Math.round(Math.min(random.lognormal(typicalMs, 0.5), 14 * 60_000));
}

function insertByTime(rows: EventRow[], row: EventRow): void {
  const last = rows.at(-1);
  if (!last || last.time <= row.time) rows.push(row);
  else
    rows.splice(
      lowerBound(rows, row.time + 1, (other) => other.time),
      0,
      row,
    );
}
