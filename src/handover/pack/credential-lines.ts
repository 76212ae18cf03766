import type { Principal } from '../../cloudtrail/principal.js';
import { type DayLine, parseDayLine } from '../../tree/evidence/evidence-lines.js';
import type { PlacedLine } from './recompute-row.js';

/** A line about credentials: the names by which it is found, and those that it leads on to. */
interface IndexedLine extends PlacedLine {
  readonly next: readonly string[];
}

/** Finds, among the lines of some days, those that tell where a credential came from. */
export interface CredentialLines {
  /** Every line. */
  readonly all: readonly PlacedLine[];
  /** The lines that the principals lead to, through any number of roles, in their order. */
  behind(principals: readonly Principal[]): readonly PlacedLine[];
}

/** Indexes lines of days; lines that no row depends on are left out. */
export function indexCredentialLines(lines: readonly PlacedLine[]): CredentialLines {
  const byName = new Map<string, IndexedLine[]>();
  const all: IndexedLine[] = [];
  for (const { folder, text } of lines) {
    const found = readLine(parseDayLine(text));
    if (found === null) continue;
    const indexed = { folder, text, next: found.next };
    all.push(indexed);
    for (const name of found.names) byName.set(name, [...(byName.get(name) ?? []), indexed]);
  }
  return {
    all,
    behind(principals) {
      const chosen = new Set<IndexedLine>();
      const known = new Set<string>();
      const waiting = principals.flatMap(namesOf);
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        if (known.has(name)) continue;
        known.add(name);
        for (const line of byName.get(name) ?? []) {
          chosen.add(line);
          waiting.push(...line.next);
        }
      }
      return all.filter((line) => chosen.has(line));
    },
  };
}

function readLine(line: DayLine): { readonly names: readonly string[]; readonly next: readonly string[] } | null {
  if ('link' in line) {
    const { link } = line;
    const issued = [
      link.issuedAccessKeyId,
      link.issuedPrincipalId,
      link.sparkSessionId,
      link.signInSessionArn,
      link.webIdentityTokenId,
    ];
    const names = [...issued, link.sharedEventId].flatMap((name) => name ?? []);
    const next = [link.sharedEventId, link.webIdentityTokenId].flatMap((name) => name ?? []);
    return { names, next: [...next, ...namesOf(link.caller)] };
  }
  if ('revealing' in line) {
    const { accessKeyId, principalId, signInSessionArn } = line.revealing.principal;
    const names = [accessKeyId, principalId?.includes(':') ? principalId : null, signInSessionArn];
    return { names: names.flatMap((name) => name ?? []), next: namesOf(line.revealing.principal) };
  }
  if ('shown' in line) return { names: [`id ${line.shown.id}`], next: [] };
  if ('named' in line) return { names: [`user ${line.named.user.split('#').at(-1)}`], next: [] };
  return null;
}

function namesOf(principal: Principal): string[] {
  const { accessKeyId, principalId, signInSessionArn, issuerPrincipalId, onBehalfOfUserId, sessionName } = principal;
  const ids = [issuerPrincipalId, principalId, principalId?.split(':')[0]];
  return [
    ...[accessKeyId, principalId, signInSessionArn, sessionName].flatMap((name) => name ?? []),
    ...ids.flatMap((id) => (id ? [`id ${id}`] : [])),
    ...(onBehalfOfUserId === null ? [] : [`user ${onBehalfOfUserId}`]),
  ];
}
