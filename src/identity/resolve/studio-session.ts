import type { CredentialUse } from '../chain/credential-facts.js';
import { personOf } from '../directory/directory.js';
import { type Finding, found, type Search } from './finding.js';
import type { Hop } from './resolution.js';

const STUDIO_SESSION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[a-z0-9][\w-]*$/i;
const USER_ID = /^(?:[0-9a-f]{10}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How a session came to be, and what no event says of it. */
interface Missing {
  readonly hops: readonly Hop[];
  readonly reason: string | null;
}

/**
 * The user in the name of a session of SageMaker Unified Studio (DataZone): `<Identity Center user id>@<project>`. The name of
 * the user comes from the directory or from events that show the id. Asserted: whoever may assume the role may choose the name.
 */
export function foundInStudio(use: CredentialUse, search: Search, missing: Missing): Finding | null {
  const userId = STUDIO_SESSION.exec(use.principal.sessionName ?? '')?.[1]?.toLowerCase();
  return userId === undefined ? null : userOf(userId, use, search, missing);
}

/** A session named after nothing but a user id of Identity Center: believed where something else knows the id as a user's. */
export function foundByUserId(use: CredentialUse, search: Search, missing: Missing): Finding | null {
  const userId = USER_ID.exec(use.principal.sessionName ?? '')?.[0]?.toLowerCase();
  if (userId === undefined) return null;
  const isKnown =
    search.identityStoreNames.has(userId) ||
    nameOfUser(search, userId) !== undefined ||
    personOf(search.directory, [userId]) !== null;
  return isKnown ? userOf(userId, use, search, missing) : null;
}

function userOf(userId: string, use: CredentialUse, search: Search, { hops, reason }: Missing): Finding {
  const known = search.identityStoreNames.get(userId) ?? nameOfUser(search, userId);
  return found(
    search,
    { name: known ?? userId, ids: [userId, use.principal.sessionName] },
    {
      kind: 'human',
      method: 'session-name',
      confidence: 'asserted',
      evidence: [...hops.map(({ eventId }) => `event:${eventId}`), `event:${use.eventId}`],
      hops,
      reason: reason ?? 'the name of the session says so, and no event of it names the user',
    },
  );
}

/** A name counts only where one identity store alone has the id; undefined for an id that no event has shown. */
function nameOfUser({ graph, userNames }: Search, userId: string): string | null | undefined {
  if (userNames.size === 0) {
    for (const [user, name] of graph.identityCenterUsers) {
      const id = user.slice(user.lastIndexOf('#') + 1).toLowerCase();
      userNames.set(id, userNames.has(id) ? null : (name?.value ?? null));
    }
  }
  return userNames.get(userId);
}
