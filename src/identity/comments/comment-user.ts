import { isPlaceholder } from '../names/placeholder.js';

/** The user that the members of a comment name, and the member that names it. */
export interface NamedUser {
  readonly user: string;
  /** Key as written; null when the name stood inside another member. */
  readonly key: string | null;
}

/**
 * Finds the user among the members of a comment: an e-mail before a name, a name before an id, whatever the tool calls it
 * (`user_email`, `email`, `Username`, `user`, `executed_by`, `userID`, `user-luid`, …). Owners, authors and database users are
 * other people and do not count. Null when the comment names nobody, or a word that stands for nobody.
 */
export function userIn(fields: Readonly<Record<string, unknown>>): NamedUser | null {
  let best: NamedUser | null = null;
  let bestRank = RANKS.length;
  for (const [key, value] of Object.entries(fields)) {
    const rank = rankOf(key);
    if (rank < 0 || rank >= bestRank) continue;
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    const user = isNested ? userInside(value as Readonly<Record<string, unknown>>) : userText(value);
    if (user === null) continue;
    best = { user, key: isNested ? null : key };
    bestRank = rank;
  }
  return best;
}

/** True for a member that names a user; its value may still be a word for nobody. */
export function isUserKey(key: string): boolean {
  return rankOf(key) >= 0;
}

/** How well a key names a user, 0 the best; below 0 it does not. */
function rankOf(key: string): number {
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return RANKS.findIndex((pattern) => pattern.test(plain));
}

/** A user's name as a comment writes it; null for nothing and for words that stand for nobody. */
export function userText(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== 'string' || NOBODY.test(text.trim()) || isPlaceholder(text)) return null;
  return text.trim().replace(ENCODED_ADDRESS, '$1@$2');
}

/** An e-mail address as tracers write it, URL-encoded. */
const ENCODED_ADDRESS = /^([^@\s%]+)%40([^@\s%]+)$/;

/** `{"user": {"id": 5, "email": "…", "name": "…"}}`: inside a user, every name is the user's. */
function userInside(inner: Readonly<Record<string, unknown>>): string | null {
  return userIn(inner)?.user ?? userText(inner.name) ?? userText(inner.id);
}

const WHOSE = '(?:end|app|tool|query|current|effective|executing|console|tableau|optional|requesting|login|bi)?';

/** Best first; keys in lower case without anything but letters and digits. */
const RANKS: readonly RegExp[] = [
  new RegExp(`^(?:${WHOSE}user)?e?mail(?:address)?$`),
  new RegExp(
    `^(?:${WHOSE}user(?:name|login)?|login|viewer|(?:run|executed|requested|triggered|submitted|queried|started)by)$`,
  ),
  new RegExp(`^(?:${WHOSE}user|viewer)(?:id|uuid|luid|guid)$`),
];

/** What tools write where there is no user, beside placeholders: schedules, their own API, viewers who did not sign in. */
const NOBODY = /^(?:system|schedule[rd]?|scheduling|api|user|guest|public|automation)$/i;
