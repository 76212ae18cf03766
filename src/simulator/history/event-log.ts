import type { Credential } from '../company/credential.js';
import { completeCredential, type SessionContext } from '../company/sessions.js';
import { createRandom, type Random } from '../wire/random.js';
import { type Attempt, type EventRow, type EventSubject, lowerBound, partitionOf, type World } from './world.js';

/** An event without its number. */
export interface EventDraft {
  readonly time: number;
  readonly accountId: string;
  readonly region: string;
  readonly subject: EventSubject;
  /** How long the event takes to be readable; drawn by the world's rules where absent. */
  readonly delayMs?: number;
}

/** Gives an event its number and delay and files it; later ones may be older (calls over HTTP meet scheduled ones). */
export function appendEvent(world: World, { delayMs, ...draft }: EventDraft): EventRow {
  const number = world.eventCount++;
  const row: EventRow = { number, visibleAt: draft.time + (delayMs ?? delayOf(world, number)), ...draft };
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

/** CloudTrail notes the completion of the call, in whole seconds: up to some seconds after the submission. */
export function eventTimeOf(attempt: Attempt, random: Random): number {
  return Math.floor((attempt.submittedAt + random.int(30, 1_900)) / 1000) * 1000;
}

/** What `Channel.open` needs; credentials are registered in the world. */
export function sessionContext(
  world: World,
  { at, random, region, channelNumber = 0 }: { at: number; random: Random; region: string; channelNumber?: number },
): SessionContext {
  return {
    seed: world.seed,
    company: world.company,
    random,
    channelNumber,
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
