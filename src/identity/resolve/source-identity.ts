import type { Witnessed } from '../chain/credential-facts.js';
import { isEmail, isUntold, lookOfCertificate, lookOfName } from '../names/look.js';
import { type Finding, found, foundProgram, type Search, unique } from './finding.js';

/**
 * Weighs a source identity against what else is known. AWS carries it unchanged through every further role, but whoever asked first chose
 * it, within what the role's trust policy pins. Where events that were read lead back to whoever that was, with AWS's word for it, they stay:
 * the caller, the identity provider's user, the certificate's; another source identity is shown as a conflict. Otherwise
 * it is the best that is known, and only asserted. Placeholders and generated names are nobody.
 */
export function weighSourceIdentity(source: Witnessed, base: Finding, search: Search): Finding {
  const isCertificate = /^CN=/i.test(source.value);
  const value = withoutPrefix(source.value);
  const look = isCertificate ? lookOfCertificate(value) : lookOfName(value);
  if (look === 'generated' && !isCertificate) return base;
  const isSigned = base.person !== null && base.confidence === 'verified';
  // A program's own word does not outweigh what the directory says about the role.
  const stays = isSigned || (base.method === 'directory' && look !== 'name');
  const evidence = unique([...base.hops.map(({ eventId }) => `event:${eventId}`), `event:${source.eventId}`]);
  const rest = { method: 'source-identity', confidence: 'asserted', evidence, hops: base.hops } as const;
  const reason =
    base.reason ?? `no event shows who set the source identity ${value}, and whoever asks for a session may choose it`;
  const named =
    look === 'name'
      ? found(search, { name: value }, { ...rest, kind: 'human', reason })
      : foundProgram(value, { ...rest, kind: isUntold(look) ? 'unknown' : 'workload', reason });
  if (!stays) return named;
  if (isSamePerson(named.person ?? '', base.person ?? '')) {
    return { ...base, evidence: unique([...base.evidence, `event:${source.eventId}`]) };
  }
  if (base.kind === 'human' || base.kind === 'agent' || look === 'name') {
    const text = `the session carries the source identity ${value}, but ${base.person} asked for it`;
    return { ...base, conflict: { person: named.person ?? value, method: 'source-identity', reason: text } };
  }
  return base;
}

/** Roles Anywhere sets the common name of the certificate, `CN=` before it. */
export function withoutPrefix(sourceIdentity: string): string {
  return sourceIdentity.replace(/^CN=/i, '');
}

/** Compares without case; a bare name is the same person as the e-mail that it begins. */
function isSamePerson(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y) return true;
  return isEmail(x) !== isEmail(y) && x.split('@')[0] === y.split('@')[0];
}
