import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { type CredentialUse, isConsoleUse } from './credential-facts.js';
import { SESSION_SKEW_MS } from './credential-graph.js';
import { sparkSessionOf } from './spark-session.js';

/**
 * A name by which one event leads to another, as 32 bits. Two names may share a number: whoever looks for one finds too much then, and
 * never too little.
 */
export type LinkName = number;

/** What a name stands for: an issued key is no event id, though their texts be the same. */
export type NameKind = 'issued' | 'event' | 'shared' | 'spark' | 'signIn' | 'token' | 'session' | 'key' | 'console';

const SEEDS: Readonly<Record<NameKind, number>> = {
  issued: 0x1f83d9ab,
  event: 0x5be0cd19,
  shared: 0x3c6ef372,
  spark: 0x2545f491,
  signIn: 0x510e527f,
  token: 0x1b873593,
  session: 0x6a09e667,
  key: 0x27d4eb2f,
  console: 0x165667b1,
};

/** Characters of a text that count, its last: ids differ at their end, and this is done for every line of a day. */
const COUNTED = 24;

/** The name of a kind that a piece of JSON text holds, as it is written there, without its quotes. */
export function nameIn(kind: NameKind, text: string, from: number, to: number): LinkName {
  let hash = SEEDS[kind] ^ (to - from);
  for (let at = Math.max(from, to - COUNTED); at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** The name of a kind for a value. */
export function nameFor(kind: NameKind, value: string): LinkName {
  const written = JSON.stringify(value);
  return nameIn(kind, written, 1, written.length - 1);
}

/** A name together with a number. */
export function nameAt(name: LinkName, number: number): LinkName {
  const high = Math.floor(number / 0x1_0000_0000);
  return mixed(Math.imul(name ^ (number >>> 0), 0x01000193) ^ high);
}

/** Sessions are looked for by the span of time in which they began. */
const SPAN_MS = 16_384;

/** The span of an instant, epoch milliseconds. */
export function spanOf(instant: number): number {
  return Math.floor(instant / SPAN_MS);
}

/** The names of the events that may tell where a credential came from, and what its other events reveal. */
export function namesWantedBy(use: CredentialUse): LinkName[] {
  const { accessKeyId, principalId, creationDate, signInSessionArn } = use.principal;
  const names: LinkName[] = [];
  if (accessKeyId !== null) names.push(nameFor('issued', accessKeyId), nameFor('key', accessKeyId));
  if (principalId !== null && creationDate !== null) {
    if (isConsoleUse(use)) names.push(nameAt(nameFor('console', principalId), creationDate));
    const session = nameFor('session', principalId);
    const [first, last] = [spanOf(creationDate - SESSION_SKEW_MS), spanOf(creationDate + SESSION_SKEW_MS)];
    for (let span = first; span <= last; span++) names.push(nameAt(session, span));
  }
  if (signInSessionArn !== null) names.push(nameFor('signIn', signInSessionArn));
  const spark = sparkSessionOf(use.principal);
  if (spark !== null) names.push(nameFor('spark', spark));
  return names;
}

/**
 * The names of further events that belong to a link wherever it counts: its copies, all that claim its key, and, of a token that
 * crossed a partition, its request.
 */
export function namesBeside(link: CredentialLink): LinkName[] {
  const names = [nameFor('event', link.eventId)];
  if (link.issuedAccessKeyId !== null) names.push(nameFor('issued', link.issuedAccessKeyId));
  if (link.sharedEventId !== null) names.push(nameFor('shared', link.sharedEventId));
  if (link.webIdentityTokenId !== null) names.push(nameFor('token', link.webIdentityTokenId));
  return names;
}

/** The names by which a link is found as the origin of a credential. */
export function namesOfOrigin(link: CredentialLink): LinkName[] {
  const names = namesBeside(link);
  if (link.issuedPrincipalId !== null)
    names.push(nameAt(nameFor('session', link.issuedPrincipalId), spanOf(link.eventTime)));
  return names;
}

/** The names by which events are found that reveal something of the credential that signed them; none for events that do not. */
export function namesOfUse(use: CredentialUse): LinkName[] {
  const { accessKeyId, principalId, creationDate, signInSessionArn, sourceIdentity, onBehalfOfUserId } = use.principal;
  if (onBehalfOfUserId === null && sourceIdentity === null && signInSessionArn === null) return [];
  const names: LinkName[] = [];
  if (!isConsoleUse(use)) {
    if (accessKeyId !== null) names.push(nameFor('key', accessKeyId));
  } else if (principalId !== null && creationDate !== null) {
    names.push(nameAt(nameFor('console', principalId), creationDate));
  }
  if (signInSessionArn !== null) names.push(nameFor('signIn', signInSessionArn));
  return names;
}

function mixed(hash: number): LinkName {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
