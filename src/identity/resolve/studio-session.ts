import type { CredentialUse } from '../chain/credential-facts.js';
import { type Finding, found, type Search } from './finding.js';
import type { Hop } from './resolution.js';

const STUDIO_SESSION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[a-z0-9][\w-]*$/i;

/**
 * The user in the name of a session of SageMaker Unified Studio (DataZone): `<Identity Center user id>@<project>`. The name of
 * the user comes from the directory or from events that show the id. Asserted: whoever may assume the role may choose the name.
 */
export function foundInStudio(
  use: CredentialUse,
  search: Search,
  { hops, reason }: { readonly hops: readonly Hop[]; readonly reason: string | null },
): Finding | null {
  const userId = STUDIO_SESSION.exec(use.principal.sessionName ?? '')?.[1]?.toLowerCase();
  if (userId === undefined) return null;
  const known = search.identityStoreNames.get(userId) ?? nameOfUser(search, userId);
  return found(
    search,
    { name: known ?? userId, aliases: [userId, use.principal.sessionName] },
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

/** A name counts only where one identity store alone has the id. */
function nameOfUser({ graph, userNames }: Search, userId: string): string | null {
  if (userNames.size === 0) {
    for (const [user, name] of graph.identityCenterUsers) {
      const id = user.slice(user.lastIndexOf('#') + 1).toLowerCase();
      userNames.set(id, userNames.has(id) ? null : (name?.value ?? null));
    }
  }
  return userNames.get(userId) ?? null;
}
