import type { Principal } from '../../cloudtrail/principal.js';

/** Keeps one object per distinct caller: most links are asked for by the same services and sessions again and again. */
export interface CallerPool {
  /** The object that stands for this caller, always the same one. */
  take(principal: Principal): Principal;
  /** Callers compared so far, one with another: what it cost. */
  readonly comparisons: number;
}

/** Callers with one access key that are compared one by one; a key with more is somebody's invention, and found by its whole text. */
const FEW = 8;

interface Group {
  readonly few: Principal[];
  many: Map<string, Principal> | null;
}

/** Makes a pool; `pooled` shares texts. */
export function createCallerPool(pooled: (text: string | null) => string | null): CallerPool {
  const groups = new Map<string, Group>();
  let comparisons = 0;

  return {
    get comparisons() {
      return comparisons;
    },
    take(principal) {
      const key = principal.accessKeyId ?? principal.principalId ?? principal.invokedBy ?? '';
      const group = groups.get(key);
      const same = group && find(group, principal);
      if (same) return same;
      const added = shared(principal);
      if (group) join(group, added);
      else groups.set(key, { few: [added], many: null });
      return added;
    },
  };

  function find({ few, many }: Group, principal: Principal): Principal | undefined {
    for (const other of few) {
      comparisons += 1;
      if (isSamePrincipal(other, principal)) return other;
    }
    return many?.get(textOf(principal));
  }

  function join(group: Group, added: Principal): void {
    if (group.few.length < FEW) group.few.push(added);
    else {
      group.many ??= new Map();
      group.many.set(textOf(added), added);
    }
  }

  /** What is the same for every session of a role is kept once; the rest is each session's own. */
  function shared(principal: Principal): Principal {
    return {
      ...principal,
      type: pooled(principal.type),
      accountId: pooled(principal.accountId),
      issuerType: pooled(principal.issuerType),
      issuerArn: pooled(principal.issuerArn),
      issuerPrincipalId: pooled(principal.issuerPrincipalId),
      issuerUserName: pooled(principal.issuerUserName),
      issuerAccountId: pooled(principal.issuerAccountId),
      onBehalfOfStoreArn: pooled(principal.onBehalfOfStoreArn),
      invokedBy: pooled(principal.invokedBy),
    };
  }
}

function isSamePrincipal(a: Principal, b: Principal): boolean {
  for (const name in b) {
    const [one, other] = [a[name as keyof Principal], b[name as keyof Principal]];
    if (one !== other && JSON.stringify(one) !== JSON.stringify(other)) return false;
  }
  return Object.keys(a).length === Object.keys(b).length;
}

/** All that is known of a caller; members in any order. */
function textOf(principal: Principal): string {
  return JSON.stringify(Object.entries(principal).sort(([a], [b]) => (a < b ? -1 : 1)));
}
