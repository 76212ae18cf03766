import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { standsAt } from '../content/json-signs.js';

/** Of which credential an event tells on behalf of whom it acts, and when. */
export interface CredentialTold {
  readonly credential: string;
  readonly at: number;
}

/** Knows of which credentials an event told on behalf of whom they act, so that one event of each is kept and not thousands. */
export interface RevealedCredentials {
  /** True for an event that tells something new, or tells it earlier. */
  takes(event: CredentialLink): boolean;
  /** As `takes`, of what an event that was read before told. */
  takesTold(told: CredentialTold): boolean;
  /** Whether `takesTold` would say so; nothing is remembered. */
  isNews(told: CredentialTold): boolean;
  /** False for the text of a record that tells nothing new: it need not be parsed. */
  mayTell(text: string): boolean;
  /** Forgets all when it remembers many; said between files, so that what is kept does not depend on who reads them. */
  trim(): void;
}

/** Credentials that are remembered; beyond that some events are kept twice. */
const MAX_CREDENTIALS = 200_000;

export function createRevealedCredentials(): RevealedCredentials {
  const earliest = new Map<string, number>();
  const isNews = ({ credential, at }: CredentialTold) => {
    const known = earliest.get(credential);
    return known === undefined || known > at;
  };
  const takesTold = (told: CredentialTold) => {
    if (!isNews(told)) return false;
    earliest.set(told.credential, told.at);
    return true;
  };
  return {
    takes(event) {
      const told = toldBy(event);
      return told !== null && takesTold(told);
    },
    takesTold,
    isNews,
    mayTell(text) {
      const isConsole = text.includes('"sessionCredentialFromConsole":"true"');
      const began = Date.parse(memberOf(text, 'creationDate') ?? '');
      const key = groupOf(isConsole, memberOf(text, 'accessKeyId'), memberOf(text, 'principalId'), began);
      const known = earliest.get(`${key} ${memberOf(text, 'userId')}`);
      return known === undefined || !(known <= Date.parse(memberOf(text, 'eventTime') ?? ''));
    },
    trim() {
      if (earliest.size >= MAX_CREDENTIALS) earliest.clear();
    },
  };
}

/** What an event tells of the credential that it was made with; null when it is nobody's. */
export function toldBy({ caller, console, eventTime }: CredentialLink): CredentialTold | null {
  if (caller.onBehalfOfUserId === null) return null;
  const group = groupOf(console === true, caller.accessKeyId, caller.principalId, caller.creationDate);
  return { credential: `${group} ${caller.onBehalfOfUserId}`, at: eventTime };
}

/** The console signs each request with another key: its session is known by principal and start. */
function groupOf(isConsole: boolean, key: string | null, principal: string | null, began: number | null): string {
  return isConsole ? `${principal}@${began}` : (key ?? `${principal}`);
}

/** The first value of this name; `userIdentity` stands before all that a caller may have written. */
function memberOf(text: string, name: string): string | null {
  return new RegExp(`"${name}":"([^"\\\\]*)"`).exec(text)?.[1] ?? null;
}

const STAMP = Buffer.from('"onBehalfOf":{');
/** Up to seven bytes that begin with a rare one are found six times as fast as the whole: the engine searches for the first. */
const STAMP_SIGN = Buffer.from('BehalfO');
const BEFORE_SIGN = '"on'.length;
const BORDER = Buffer.from('},{"eventVersion":');

/**
 * The texts of records, in a log file as CloudTrail writes it, that may tell on behalf of whom a credential acts. What stands between two
 * borders of records is taken; whoever parses it sees whether it is one.
 */
export function* stampedTexts(bytes: Buffer): Generator<string> {
  let next = 0;
  for (let at = bytes.indexOf(STAMP_SIGN); at >= 0; at = bytes.indexOf(STAMP_SIGN, next)) {
    next = at + STAMP_SIGN.length;
    if (!standsAt(bytes, STAMP, at - BEFORE_SIGN)) continue;
    const before = bytes.lastIndexOf(BORDER, at);
    const after = bytes.indexOf(BORDER, at);
    const start = before < 0 ? bytes.indexOf('{"eventVersion":') : before + 2;
    const end = after < 0 ? bytes.lastIndexOf(']') : after + 1;
    if (start >= 0 && start < end) yield bytes.toString('utf8', start, end);
    next = Math.max(end, next);
  }
}
