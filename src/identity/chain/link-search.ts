import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { CredentialUse } from './credential-facts.js';
import { callerUse, MAX_HOPS } from './credential-graph.js';
import { type LinkName, nameFor, namesBeside, namesOfOrigin, namesOfUse, namesWantedBy } from './link-names.js';

/** What is looked for among the lines of a day, and how far it lies from the uses that were asked about. */
export interface LinkSearch {
  /** Asks about a use. */
  want(use: CredentialUse): void;
  /** Asks about a name of a use. */
  wantName(name: LinkName): void;
  /** Asks for what belongs to a link, and about its caller. */
  wantLink(link: CredentialLink): void;
  /** True when it was asked about. */
  isWanted(use: CredentialUse): boolean;
  /**
   * Begins a round: what is wanted since the last one. A name that belongs to a link that was taken is left out where no other event has it
   * (`isElsewhere`).
   */
  nextRound(isElsewhere: (name: LinkName) => boolean): Wanted;
  /** Takes a link that one of the names led to: true where it may be an origin of something wanted, and belongs into the graph. */
  takeLink(link: CredentialLink, wanted: Wanted): boolean;
  /** Takes a use that one of the names led to: true where it may reveal something of a credential that is wanted. */
  takeUse(use: CredentialUse, wanted: Wanted): boolean;
}

/** Names with the hops between them and the use that was asked about. */
export type Wanted = ReadonlyMap<LinkName, number>;

/**
 * Goes from uses of credentials outward, a hop a round: to the links that may have issued each, with everything that claims the same,
 * to their callers, and so on, and to what else reveals something of a credential on the way. It finds more than is needed,
 * never less: which link is believed, the graph decides.
 */
export function createLinkSearch(): LinkSearch {
  const levels = new Map<LinkName, number>();
  let next = new Map<LinkName, number>();
  /** Those of `next` that only taken links have named. */
  let beside = new Set<LinkName>();

  function want(name: LinkName, level: number, isBeside = false): void {
    const known = levels.get(name);
    if (known !== undefined && known <= level) return;
    if (!isBeside) beside.delete(name);
    else if (!next.has(name)) beside.add(name);
    levels.set(name, level);
    next.set(name, level);
  }

  function wantUse(use: CredentialUse, level: number): void {
    // Beyond, no chain is followed. That of a federated user is followed from its beginning, however far it lies.
    if (level > MAX_HOPS) return;
    const own = use.principal.type === 'FederatedUser' ? 0 : level;
    for (const name of namesWantedBy(use)) want(name, own);
  }

  return {
    want: (use) => wantUse(use, 0),
    wantName: (name) => want(name, 0),
    wantLink(link) {
      for (const name of namesBeside(link)) want(name, 0);
      wantUse(callerUse(link), 0);
    },
    isWanted: (use) => namesWantedBy(use).every((name) => levels.get(name) === 0),
    nextRound(isElsewhere) {
      const wanted = next;
      for (const name of beside) if (!isElsewhere(name)) wanted.delete(name);
      next = new Map();
      beside = new Set();
      return wanted;
    },
    takeLink(link, wanted) {
      const own = leastOf(namesOfOrigin(link), wanted);
      const signIn = link.signInSessionArn === null ? undefined : wanted.get(nameFor('signIn', link.signInSessionArn));
      // Whoever started a Spark session is followed for one more hop, however far it lies.
      const isSpark = link.sparkSessionId !== null && wanted.has(nameFor('spark', link.sparkSessionId));
      const level = Math.min(own ?? FAR, signIn ?? FAR, isSpark ? MAX_HOPS - 2 : FAR);
      if (level === FAR) return false;
      for (const name of namesBeside(link)) want(name, level, true);
      wantUse(callerUse(link), level + 1);
      return true;
    },
    takeUse(use, wanted) {
      const level = leastOf(namesOfUse(use), wanted);
      if (level === undefined) return false;
      const { signInSessionArn } = use.principal;
      // What one event says of the sign-in session holds for all of its credential.
      if (signInSessionArn !== null) want(nameFor('signIn', signInSessionArn), level);
      return true;
    },
  };
}

const FAR = Number.POSITIVE_INFINITY;

function leastOf(names: readonly LinkName[], wanted: Wanted): number | undefined {
  let least: number | undefined;
  for (const name of names) {
    const level = wanted.get(name);
    if (level !== undefined && (least === undefined || level < least)) least = level;
  }
  return least;
}
