import fc from 'fast-check';
import type { CredentialLink } from '../../src/cloudtrail/credential-link.js';
import type { Principal } from '../../src/cloudtrail/principal.js';
import type { Start } from '../../src/cloudtrail/start.js';
import type { DayLine } from '../../src/tree/evidence/evidence-lines.js';

const NOON = Date.UTC(2026, 10, 2, 12);
const SPARK = (chain: number, hop: number) =>
  `0000000${chain}-0000-4000-8000-0000000000${String(hop).padStart(2, '0')}`;

/** How one credential came out of another, and what else claims to have been it. */
const hop = fc.record({
  way: fc.constantFrom('key', 'key', 'key', 'console', 'federated', 'spark', 'token'),
  /** Seconds between the event and the session that it began. */
  skew: fc.constantFrom(0, 0, 1, -3, 3),
  isOdd: fc.boolean(),
  copy: fc.constantFrom('none', 'none', 'shared', 'event', 'claim', 'same'),
  isCopyFirst: fc.boolean(),
  reveals: fc.constantFrom('none', 'none', 'none', 'sourceIdentity', 'user', 'signIn'),
});

/** A start and the events behind it, each hop with whatever contradicts or repeats it; up to more hops than are followed. */
export interface Chain {
  readonly start: Start;
  readonly lines: readonly DayLine[];
}

/** Chains as AWS would record them, longer and odder than any. */
export function chains(template: { readonly link: fc.Arbitrary<CredentialLink>; readonly start: fc.Arbitrary<Start> }) {
  const length = fc.oneof({ weight: 3, arbitrary: fc.constant(3) }, { weight: 1, arbitrary: fc.constant(14) });
  const hops = length.chain((maxLength) => fc.array(hop, { minLength: 1, maxLength }));
  return fc.record({ hops, link: template.link, start: template.start, number: fc.nat({ max: 9 }) }).map(build);
}

interface Plan {
  readonly hops: readonly (typeof hop extends fc.Arbitrary<infer T> ? T : never)[];
  readonly link: CredentialLink;
  readonly start: Start;
  readonly number: number;
}

function build({ hops, link: base, start, number }: Plan): Chain {
  const lines: DayLine[] = [];
  const principalAt = (depth: number): Principal => {
    const into = hops[depth];
    const began = NOON - depth * 60_000;
    const name = into?.way === 'spark' ? `AthenaExecutor-${SPARK(number, depth)}` : `chain-${number}-${depth}`;
    const odd = into?.isOdd ? '"\\' : '';
    const isFederated = into?.way === 'federated';
    const id = `AROACHAIN${number}:${name}`;
    return {
      ...start.principal,
      type: into === undefined ? 'IAMUser' : isFederated ? 'FederatedUser' : 'AssumedRole',
      principalId: into === undefined ? 'AIDAANA' : id,
      arn:
        into === undefined ? 'arn:aws:iam::111122223333:user/ana' : `arn:aws:sts::111122223333:assumed-role/C/${name}`,
      accountId: '111122223333',
      userName: into === undefined ? 'ana' : null,
      accessKeyId: into?.way === 'console' ? null : `ASIA${odd}C${number}H${depth}`,
      sessionName: into === undefined ? null : name,
      issuerArn: isFederated || into === undefined ? null : 'arn:aws:iam::111122223333:role/C',
      issuerPrincipalId: null,
      creationDate: into === undefined ? null : began,
      sourceIdentity: into?.reveals === 'sourceIdentity' ? 'eve' : null,
      onBehalfOfUserId: into?.reveals === 'user' ? 'user-1' : null,
      signInSessionArn: into?.reveals === 'signIn' ? `signin-${number}` : null,
      federatedProvider: null,
      invokedBy: null,
    };
  };
  const plain = (principal: Principal): Principal => ({
    ...principal,
    ...{ sourceIdentity: null, onBehalfOfUserId: null, signInSessionArn: null },
  });
  for (const [depth, { way, skew, copy, isCopyFirst, reveals }] of hops.entries()) {
    const [own, caller] = [principalAt(depth), principalAt(depth + 1)];
    const link: CredentialLink = {
      ...base,
      ...{ subject: null, issuer: null, sourceIdentity: null, signInSessionArn: null, isGuest: null, resource: null },
      eventId: `chain-${number}-${depth}`,
      eventTime: NOON - depth * 60_000 + skew * 1000,
      eventName:
        way === 'spark'
          ? 'StartSession'
          : way === 'token'
            ? 'AssumeRoleWithWebIdentity'
            : way === 'federated'
              ? 'GetFederationToken'
              : 'AssumeRole',
      accountId: '111122223333',
      sharedEventId: copy === 'shared' ? `shared-chain-${number}-${depth}` : null,
      // What it reveals is known from other events of the credential alone.
      caller: plain(caller),
      console: way === 'console' ? true : null,
      issuedAccessKeyId: way === 'spark' ? null : own.accessKeyId,
      issuedPrincipalId: way === 'spark' ? null : own.principalId,
      sparkSessionId: way === 'spark' ? SPARK(number, depth) : null,
      webIdentityTokenId: way === 'token' ? `token-chain-${number}-${depth}` : null,
      sourcePrincipalArn: way === 'token' ? caller.arn : null,
    };
    const other: Principal = { ...link.caller, arn: null, type: 'AWSAccount', principalId: `AROAOTHER:${depth}` };
    const copies: Readonly<Record<typeof copy, CredentialLink | null>> = {
      none: null,
      shared: {
        ...link,
        eventId: `${link.eventId}-copy`,
        caller: other,
        issuedAccessKeyId: null,
        issuedPrincipalId: null,
      },
      // The same id and caller, issuing nothing that leads here or something else: which one counts, the order decides.
      event: {
        ...link,
        roleArn: 'arn:aws:iam::444455556666:role/Elsewhere',
        sparkSessionId: null,
        issuedPrincipalId: null,
        webIdentityTokenId: null,
        ...(link.issuedAccessKeyId === null ? {} : { issuedAccessKeyId: `${link.issuedAccessKeyId}-other` }),
      },
      claim: { ...link, eventId: `${link.eventId}-claim`, caller: { ...link.caller, arn: 'arn:aws:iam::1:user/eve' } },
      same: { ...link, roleArn: 'arn:aws:iam::444455556666:role/Other', eventTime: link.eventTime + 1000 },
    };
    const second = copies[copy];
    const pair = second === null ? [link] : isCopyFirst ? [second, link] : [link, second];
    for (const one of pair) lines.push({ link: one });
    if (way === 'token') {
      const request = {
        ...link,
        eventId: `${link.eventId}-request`,
        eventName: 'GetWebIdentityToken',
        sourcePrincipalArn: null,
      };
      lines.push({
        link: { ...request, caller, issuedAccessKeyId: null, issuedPrincipalId: null, sharedEventId: null },
      });
    }
    if (reveals !== 'none') {
      lines.push({
        revealing: { principal: own, eventId: `${link.eventId}-use`, eventTime: link.eventTime + 5000, console: null },
      });
    }
  }
  const own = { ...start, principal: plain(principalAt(0)), eventTime: NOON + 60_000, console: null };
  return { start: own, lines };
}
