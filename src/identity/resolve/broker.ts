import type { CredentialUse } from '../chain/credential-facts.js';
import type { StoredLink } from '../chain/link-store.js';
import { type DirectoryRole, personOf, roleOf } from '../directory/directory.js';
import { mayNamePerson } from '../names/look.js';
import { type Finding, found, type Search, unique } from './finding.js';
import { withoutPrefix } from './source-identity.js';

/**
 * The user whom a broker names. Teleport, Vault and programs of one's own take a role for each of their users, under a name that the broker
 * chose: where the directory lists the broker (the role or user that takes the role, or the role that is taken) as
 * `kind: broker`, its word names the person, asserted. Null where no broker is listed, or it names nobody.
 */
export function foundByBroker(request: {
  readonly use: CredentialUse;
  readonly link: StoredLink | null;
  readonly sourceIdentity: string | null;
  /** The broker's workload, as far as it is known. */
  readonly base: Finding;
  readonly search: Search;
}): Finding | null {
  const { use, link, sourceIdentity, base, search } = request;
  const { directory } = search;
  const isSigned = base.confidence === 'verified' && (base.kind === 'human' || base.kind === 'agent');
  if (isSigned) return null;
  const { principal } = use;
  const broker = [principal.issuerArn, link?.caller.issuerArn ?? null, link?.caller.arn ?? null]
    .map((arn) => roleOf(directory, arn))
    .find((role): role is DirectoryRole => role?.kind === 'broker');
  if (!broker) return null;
  const carried = sourceIdentity === null ? null : withoutPrefix(sourceIdentity);
  const names = [carried, principal.sessionName].filter((name) => name !== null);
  const name = names.find((each) => personOf(directory, [each]) !== null) ?? names.find((each) => mayNamePerson(each));
  if (name === undefined) return null;
  return found(
    search,
    { name },
    {
      kind: 'human',
      method: name === carried ? 'source-identity' : 'session-name',
      confidence: 'asserted',
      evidence: unique([
        ...base.hops.map(({ eventId }) => `event:${eventId}`),
        `event:${use.eventId}`,
        `directory:${broker.name ?? broker.arn?.slice(broker.arn.lastIndexOf('/') + 1)}`,
      ]),
      hops: base.hops,
      reason: `${base.person ?? 'the broker'} says so, as a broker of the directory`,
    },
  );
}
