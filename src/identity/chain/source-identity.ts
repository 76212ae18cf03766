import { type Finding, found, type Search, unique } from '../resolve/finding.js';
import { lookOfSessionName } from '../resolve/session-name.js';
import type { Witnessed } from './credential-facts.js';

/**
 * Weighs a source identity against what else is known. AWS carries it unchanged through every further role, and a role's trust
 * policy must allow to set it; whoever asked first chose it, within what that policy pins. So it names the person behind
 * brokers, workloads and unknown callers; but where AWS signs that a person asked, and it is another one, that person stays
 * and the source identity is shown as a conflict.
 */
export function weighSourceIdentity(source: Witnessed, base: Finding, search: Search): Finding {
  const { value } = source;
  const named = found(
    search,
    { name: value },
    {
      kind: lookOfSessionName(value) === 'name' ? 'human' : 'workload',
      method: 'source-identity',
      confidence: 'verified',
      evidence: unique([...base.hops.map(({ eventId }) => `event:${eventId}`), `event:${source.eventId}`]),
      hops: base.hops,
    },
  );
  const isSignedPerson =
    base.confidence === 'verified' && base.person !== null && (base.kind === 'human' || base.kind === 'agent');
  if (!isSignedPerson) return named;
  if (isSamePerson(named.person ?? '', base.person ?? '')) {
    return { ...base, method: 'source-identity', evidence: unique([...base.evidence, `event:${source.eventId}`]) };
  }
  const reason = `the session carries the source identity ${value}, but AWS signs that ${base.person} asked for it`;
  return { ...base, conflict: { person: named.person ?? value, method: 'source-identity', reason } };
}

/** Compares without case; a bare name is the same person as the e-mail that it begins. */
function isSamePerson(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y) return true;
  return x.includes('@') !== y.includes('@') && x.split('@')[0] === y.split('@')[0];
}
