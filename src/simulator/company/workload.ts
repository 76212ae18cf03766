import {
  appendEvent,
  type EventDraft,
  eventTimeOf,
  fileExecution,
  issueEvents,
  sessionContext,
} from '../history/event-log.js';
import type { Attempt, Fate, World } from '../history/world.js';
import { DELIVERY, RATES, type Rates, type WorldOptions } from '../history/world-options.js';
import { createRandom, hash, type Random } from '../wire/random.js';
import type { Channel } from './channel.js';
import { channelsBeside, channelsOf } from './channels.js';
import { buildCompany, type WorkGroup } from './company.js';
import type { Credential } from './credential.js';
import { instantIn } from './rhythm.js';
import { CLOSED_WORKGROUP, storyAttempts } from './story.js';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** So many of the last queries still run when the history ends. */
const UNFINISHED = 4;
/** Numbers of the channels that come beside begin here, below those of the story. */
const BESIDE_INDEX = 500;

/** Sunday, 1 November 2026, 00:00 in New York: the day on which the clocks go back. */
export const DEFAULT_START = Date.UTC(2026, 10, 1, 4);

/** Generates the history of the company: equal options give equal worlds. */
export function buildWorld(options: WorldOptions): World {
  const { seed, startsAt = DEFAULT_START, days = 5, queriesPerDay = 600, noisePerDay = 400 } = options;
  const { legacyDeletedAfterDays = 2 } = options;
  const deletedAt = legacyDeletedAfterDays === null ? null : startsAt + legacyDeletedAfterDays * DAY_MS + 15 * HOUR_MS;
  const company = buildCompany({ seed, deletedAt, closed: options.hasStory ? CLOSED_WORKGROUP : null });
  const world: World = {
    seed,
    spaces: {
      execution: hash(seed, 'execution'),
      event: hash(seed, 'event'),
      request: hash(seed, 'request'),
      token: hash(seed, 'token'),
    },
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
  const total = weightOf(channels);
  const { gatherMs = null } = options;
  const plan = { days, queriesPerDay, total, rates, gatherMs };
  const attempts = attemptsOf(world, { ...plan, channels, firstIndex: 0 });
  if (options.hasStory) attempts.push(...storyAttempts(world).map((attempt) => ({ ...attempt, number: 0 })));
  finishAttempts(world, attempts, UNFINISHED);
  draftStarts(world, rates, drafts, 0);
  for (const credential of world.credentials) drafts.push(...issueEvents(world, credential));
  draftNoise(world, noisePerDay, drafts);
  appendInOrder(world, drafts);
  addBeside(world, { ...plan, channels: channelsBeside(company), firstIndex: BESIDE_INDEX });
  return world;
}

/** Adds what comes beside a finished world: its numbers follow, so every id of the rest stays. */
function addBeside(world: World, plan: Plan): void {
  const [firstAttempt, firstCredential] = [world.attempts.length, world.credentials.length];
  finishAttempts(world, attemptsOf(world, plan), 0);
  const drafts: EventDraft[] = [];
  // Their neighbours by number are none in time, so nobody else's start repeats one of theirs.
  draftStarts(world, { ...plan.rates, conflicting: 0 }, drafts, firstAttempt);
  for (const credential of world.credentials.slice(firstCredential)) drafts.push(...issueEvents(world, credential));
  appendInOrder(world, drafts);
}

function appendInOrder(world: World, drafts: EventDraft[]): void {
  drafts.sort((a, b) => a.time - b.time);
  for (const draft of drafts) appendEvent(world, draft);
}

function weightOf(channels: readonly Channel[]): number {
  return channels.reduce((sum, { weight }) => sum + weight, 0);
}

interface Plan {
  readonly days: number;
  readonly queriesPerDay: number;
  readonly channels: readonly Channel[];
  /** Number of the first channel: each has chances of its own by its number. */
  readonly firstIndex: number;
  /** A channel of this weight would make all of `queriesPerDay`. */
  readonly total: number;
  readonly rates: Rates;
  readonly gatherMs: number | null;
}

/** The attempts of every day, in no order yet and with provisional numbers. */
function attemptsOf(world: World, plan: Plan): Attempt[] {
  const attempts: Attempt[] = [];
  for (let day = 0; day < plan.days; day++) generateDay(world, day, plan, attempts);
  return attempts;
}

function generateDay(world: World, day: number, plan: Plan, attempts: Attempt[]): void {
  const { days, queriesPerDay, channels, firstIndex, total, rates, gatherMs } = plan;
  const { seed, company } = world;
  const dayStart = world.startsAt + day * DAY_MS;
  const isWeekend = [0, 6].includes(new Date(dayStart + 12 * HOUR_MS).getUTCDay());
  const groups = new Map(company.workGroups.map((group) => [group.name, group]));
  channels.forEach((channel, position) => {
    const index = firstIndex + position;
    if (day >= Math.max(1, Math.ceil(channel.until * days))) return;
    const random = createRandom(seed, 'day', day, index);
    const isHuman = channel.rhythm === 'office' || channel.rhythm === 'evening';
    const mean = (channel.weight / total) * queriesPerDay * (isWeekend && isHuman ? 0.3 : 1);
    const isOnce = channel.weight === 0 && day === Math.floor(days / 2);
    const count = isOnce ? 1 : Math.floor(mean * (0.8 + 0.4 * random.next()) + random.next());
    const times = Array.from({ length: count }, () => instantIn(dayStart, channel.rhythm, random))
      .map((time) => (gatherMs === null ? time : Math.floor(time / gatherMs) * gatherMs + random.int(0, 900)))
      .sort((a, b) => a - b);
    // People sign in again after a pause; machines only renew.
    const idleMs = channel.tool === null && channel.actors[0]?.kind === 'human' ? 50 * 60_000 : Infinity;
    let session: Credential | null = null;
    let last = 0;
    for (const submittedAt of times) {
      if (session === null || submittedAt > (session.expiresAt ?? Infinity) - 60_000 || submittedAt - last > idleMs) {
        const at = Math.floor(submittedAt / 1000) * 1000 - random.int(40, 240) * 1000;
        session = channel.open(sessionContext(world, { at, random, region: channel.region, channelNumber: index }));
      }
      last = submittedAt;
      const group = groups.get(channel.workGroup);
      attempts.push({
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

function availableGroup(group: WorkGroup | undefined, at: number, groups: ReadonlyMap<string, WorkGroup>): WorkGroup {
  const primary = groups.get('primary');
  const chosen = group && (group.deletedAt === null || at < group.deletedAt - HOUR_MS) ? group : primary;
  if (!chosen) throw new Error('the simulated company has no workgroup primary');
  return chosen;
}

/** Sorts the attempts, numbers them after those that the world has, and files the executions; the last ones still run at the end. */
function finishAttempts(world: World, attempts: Attempt[], unfinished: number): void {
  attempts.sort((a, b) => a.submittedAt - b.submittedAt || a.credential.number - b.credential.number);
  const stillRunning = attempts.length - unfinished;
  attempts.forEach((attempt, index) => {
    const isUnfinished = index >= stillRunning && attempt.fate === 'succeeded';
    const fate = isUnfinished ? 'long' : attempt.fate;
    const numbered: Attempt = { ...attempt, number: world.attempts.length, fate };
    world.attempts.push(numbered);
    fileExecution(world, numbered);
  });
}

function draftStarts(world: World, rates: Rates, drafts: EventDraft[], from: number): void {
  for (const attempt of world.attempts.slice(from)) {
    if (attempt.isUnseen) continue;
    const { credential, channel } = attempt;
    const random = createRandom(world.seed, 'start', attempt.number);
    const time = eventTimeOf(attempt, random);
    const draft = (at: number, by: Credential, isRetry: boolean): EventDraft => ({
      time: at,
      accountId: channel.accountId,
      region: channel.region,
      subject: { kind: 'start', attempt, credential: by, isRetry },
      ...(attempt.live?.delayMs === undefined ? {} : { delayMs: attempt.live.delayMs }),
    });
    drafts.push(draft(time, credential, false));
    // The story is told as it is written.
    if (attempt.fate === 'refused' || attempt.live) continue;
    if (random.chance(rates.repeated)) drafts.push(draft(time + random.int(1, 90) * 1000, credential, true));
    else if (random.chance(rates.conflicting)) {
      const other = world.attempts[Math.max(0, attempt.number - random.int(1, 40))];
      if (other && other.credential.accountId === channel.accountId && other.actor.id !== attempt.actor.id) {
        drafts.push(draft(time + random.int(5, 900) * 1000, other.credential, true));
      }
    }
  }
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
