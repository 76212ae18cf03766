import fc from 'fast-check';
import { expect } from 'vitest';
import type { CredentialLink } from '../../src/cloudtrail/credential-link.js';
import type { Start } from '../../src/cloudtrail/start.js';
import { createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import type { Resolution } from '../../src/identity/resolve/resolution.js';
import { resolvePerson } from '../../src/identity/resolve/resolve-person.js';
import {
  ACCOUNT,
  awsService,
  foreign,
  type Identity,
  iamUser,
  link,
  OTHER_ACCOUNT,
  portalRole,
  roleSession,
  STORE,
  start,
} from './evidence.js';

const PEOPLE = ['ana', 'bob', 'eve'].map((name) => `${name}@acorn.example`);
const MADE_UP = [
  'botocore-session-1764000000',
  'AthenaJWT',
  'undefined',
  'amg-session',
  '2026-11-02',
  'PyAthena-session-1700000000',
];
const CHOSEN = [...PEOPLE, 'ana', 'bob', ...MADE_UP, 'i-0abcdef0123456789', 'airflow-worker', 'mallory'];

export const directory = parseDirectory(`
accounts: ["${ACCOUNT}"]
people:
${PEOPLE.map((id, index) => `  - { id: ${id}, aliases: [${id.split('@')[0]}, user-${index}] }`).join('\n')}
  - { id: old@acorn.example, aliases: ["arn:aws:iam::${ACCOUNT}:user/hand", AIDAOLDHAND000001] }
  - { id: new@acorn.example, aliases: [AIDANEWHAND000001] }
roles:
  - { name: teleport, kind: broker }
  - { name: BrokersLake, kind: broker }
  - { name: etl-task, owner: etl-nightly, kind: workload }
`);

/** What really happened, and whom a verified row may name. */
export interface Scenario {
  readonly subject: Start;
  readonly links: readonly CredentialLink[];
  readonly others: readonly Start[];
  /** The person who began it; null where a program or nobody did. */
  readonly person: string | null;
  /** Names of the programs that took part: a verified workload is one of them. */
  readonly programs: readonly string[];
}

const hop = fc.record({
  role: fc.constantFrom('Lake', 'Inner', 'BrokersLake', 'etl-task'),
  name: fc.constantFrom(...CHOSEN),
  sets: fc.option(fc.constantFrom(...PEOPLE, 'mallory', '***', 'airflow-worker'), { freq: 3 }),
  isForeign: fc.boolean(),
  isConsole: fc.boolean(),
});
const root = fc.oneof(
  fc.record({
    way: fc.constantFrom('portal', 'saml', 'behalf', 'user', 'certificate', 'namesake'),
    who: fc.constantFrom(...PEOPLE),
  }),
  fc.record({ way: fc.constantFrom('old-user', 'new-user', 'third-user'), who: fc.constant('hand') }),
  fc.record({
    way: fc.constantFrom('instance', 'broker', 'function', 'unknown-service', 'guest', 'host', 'broker-user'),
    who: fc.constantFrom(...CHOSEN),
  }),
);
const plan = fc.record({ root, hops: fc.array(hop, { maxLength: 4 }) });
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** Each in seconds of its own: whoever switches roles in one second under one name is told apart by nothing. */
export const worlds = fc.array(plan, { minLength: 1, maxLength: 4 }).map((plans) => plans.map(play));

const HANDS: Readonly<Record<string, readonly [id: string, person: string]>> = {
  'old-user': ['AIDAOLDHAND000001', 'old@acorn.example'],
  'new-user': ['AIDANEWHAND000001', 'new@acorn.example'],
  'third-user': ['AIDATHIRDHAND0001', 'hand'],
};

function play({ root: { way, who }, hops }: Plan, number: number): Scenario {
  const links: CredentialLink[] = [];
  const others: Start[] = [];
  let second = 1000 * number + 10;
  let serial = 0;
  const key = () => `ASIA${number}X${serial++}`;
  const given = who.split('@')[0] ?? '';
  const set = (value: string | null) => (value === null ? {} : { sourceIdentity: value });
  let sourceIdentity: string | null = null;
  let person: string | null = PEOPLE.includes(who) ? who : null;
  let programs: readonly string[] = [];
  let current: Identity;
  const began = { began: second };
  const taken = (caller: Identity, session: Parameters<typeof roleSession>[0], options = {}) => {
    links.push(link(caller, session, options));
    return roleSession(session);
  };
  const hand = HANDS[way];
  if (hand) {
    current = { ...iamUser('hand', { key: `AKIA${way}` }), principalId: hand[0] };
    person = hand[1];
  } else if (way === 'user') current = iamUser(given, { key: `AKIA${given}` });
  else if (way === 'namesake') {
    // Somebody else, in an account whose names nobody vouches for.
    current = iamUser(given, { key: `AKIANAMESAKE${given}`, account: OTHER_ACCOUNT });
    person = null;
  } else if (way === 'portal') current = roleSession({ role: portalRole('Analyst'), name: who, key: key(), ...began });
  else if (way === 'saml') {
    sourceIdentity = who;
    const context = set(who);
    const caller = { type: 'SAMLUser', principalId: `x:${who}`, userName: who };
    current = taken(
      caller,
      { role: 'Entry', name: who, key: key(), ...began, context },
      { name: 'AssumeRoleWithSAML', response: { subject: who, subjectType: 'persistent', ...context } },
    );
  } else if (way === 'behalf') {
    current = roleSession({ role: 'Studio', name: 'studio', key: key(), ...began });
    const onBehalfOf = { userId: `user-${PEOPLE.indexOf(who)}`, identityStoreArn: STORE };
    others.push(start({ ...current, onBehalfOf }, { second: second + 1 }));
  } else if (way === 'certificate' || way === 'host') {
    sourceIdentity = way === 'host' ? `CN=node${number}` : `CN=${who}`;
    if (way === 'host') person = null;
    programs = [`node${number}`];
    const context = set(sourceIdentity);
    const session = { role: 'OnPrem', name: '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d', key: key(), ...began, context };
    current = taken(awsService('rolesanywhere.amazonaws.com'), session, { request: context, response: context });
  } else if (way === 'guest') {
    person = null;
    const id = `eu-west-1:1cf667a2-49a6-454b-9e45-23199000000${number}`;
    const host = 'cognito-identity.amazonaws.com';
    current = taken(
      { type: 'WebIdentityUser', principalId: `${host}:pool:${id}`, userName: id, identityProvider: host },
      { role: 'Guests', name: who, key: key(), ...began },
      { name: 'AssumeRoleWithWebIdentity', response: { subjectFromWebIdentityToken: id, provider: host } },
    );
  } else if (way === 'broker-user') {
    person = null;
    programs = ['metabase'];
    current = iamUser('metabase', { key: 'AKIAMETABASE' });
  } else if (way === 'unknown-service') {
    // The service acts for whom it says, and its word alone proves nobody.
    person = null;
    current = taken(awsService('newthing.amazonaws.com'), { role: 'Desk', name: who, key: key(), ...began });
  } else if (way === 'function') {
    person = null;
    programs = [who];
    current = taken(awsService('lambda.amazonaws.com'), { role: 'FunctionRole', name: who, key: key(), ...began });
  } else {
    person = null;
    const role = way === 'broker' ? 'teleport' : 'etl-task';
    programs = ['teleport', 'etl-nightly'];
    current = roleSession({
      ...{ role, name: 'i-0abc0123456789abc', key: key(), ...began },
      context: { ec2RoleDelivery: '2.0' },
    });
  }
  let isConsole = false;
  for (const step of hops) {
    second += 20;
    const sets = sourceIdentity === null ? step.sets : null;
    sourceIdentity ??= step.sets;
    const context = set(sourceIdentity);
    const account = step.isForeign ? OTHER_ACCOUNT : ACCOUNT;
    const session = { role: step.role, name: step.name, key: key(), began: second, account, context };
    const issued = step.isConsole ? { ...session, key: key() } : session;
    const extra = {
      ...(isConsole ? { sessionCredentialFromConsole: 'true' } : {}),
      ...(step.isForeign ? { sharedEventID: `shared-${number}-${serial}` } : {}),
    };
    const request = sets === null ? {} : set(sets);
    links.push(link(current, issued, { extra, request, response: context }));
    if (step.isForeign) {
      links.push(link(foreign(current), issued, { extra, request, response: context, recipient: OTHER_ACCOUNT }));
    }
    current = roleSession(session);
    isConsole = step.isConsole;
  }
  const subject = start(current, {
    second: second + 5,
    extra: isConsole ? { sessionCredentialFromConsole: 'true' } : {},
  });
  return {
    subject,
    links,
    others,
    person,
    programs: [...programs, 'etl-nightly', 'teleport', 'BrokersLake', 'metabase'],
  };
}

export type Item = CredentialLink | Start;

export function evidenceOf(world: readonly Scenario[]): Item[] {
  return world.flatMap(({ links, others }) => [...links, ...others]);
}

/** Resolves all starts of a world with some of its evidence. */
export function resolveWith(world: readonly Scenario[], items: readonly Item[]): Resolution[] {
  const graph = createCredentialGraph();
  for (const item of items) item.kind === 'link' ? graph.addLink(item) : graph.addStart(item);
  for (const { subject } of world) graph.addStart(subject);
  return world.map(({ subject }) => resolvePerson({ start: subject, graph, directory, tag: null }));
}

/** Why a row says more than is true; null when it does not. */
export function overstatement(resolution: Resolution, { person, programs }: Scenario): string | null {
  const { confidence, kind, person: named } = resolution;
  if (confidence !== 'verified') return null;
  const isRight =
    person === null ? kind !== 'human' && programs.includes(named ?? '') : named === person && kind === 'human';
  return isRight ? null : `${named} (${kind}, ${resolution.method}) for ${person ?? programs.join('/')}`;
}

/** What happened, in short, for a failing run. */
export function story({ links, subject, person }: Scenario): string {
  const steps = links.map(({ eventId, eventName, caller, issuedPrincipalId, sourceIdentity }) =>
    [
      eventId.slice(-4),
      eventName,
      caller.arn ?? caller.invokedBy ?? caller.principalId,
      issuedPrincipalId,
      sourceIdentity,
    ].join(' '),
  );
  return [`truth ${person}`, ...steps, `start by ${subject.principal.arn} console ${subject.console}`].join('\n');
}

/** No subset of the events verifies anybody but the truth, and one more event replaces no true person by a wrong one. */
export function expectTruthUnderLoss(numRuns: number): void {
  const cases = worlds.chain((world) => {
    const all = evidenceOf(world);
    return fc.tuple(fc.constant(world), fc.shuffledSubarray(all), fc.nat({ max: Math.max(0, all.length - 1) }));
  });
  const truth = fc.property(cases, ([world, kept, extra]) => {
    const before = resolveWith(world, kept);
    const added = evidenceOf(world)[extra];
    const after = added ? resolveWith(world, [added, ...kept]) : before;
    for (const [index, scenario] of world.entries()) {
      for (const resolution of [before[index], after[index]]) {
        if (resolution) expect(overstatement(resolution, scenario), story(scenario)).toBeNull();
      }
      if (scenario.person === null || before[index]?.person !== scenario.person) continue;
      expect([scenario.person, null], `${story(scenario)}\nand then ${added?.eventId}`).toContain(after[index]?.person);
    }
  });
  fc.assert(truth, { numRuns });
}
