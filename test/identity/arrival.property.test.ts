import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CredentialLink } from '../../src/cloudtrail/credential-link.js';
import type { Start } from '../../src/cloudtrail/start.js';
import { createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import type { CommentTag } from '../../src/identity/comments/comment-tag.js';
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

const PEOPLE = ['ana', 'bob', 'eve', 'mallory'].map((name) => `${name}@acorn.example`);
const MACHINES = ['etl-task', 'metabase-task', 'nightly'];
/** Session names a caller may choose: honest, stolen, made up by an SDK, or a machine's. */
const NAMES = [
  ...PEOPLE,
  'ana',
  'botocore-session-1764',
  'i-0abcdef0123456789',
  '0123456789abcdef0123456789abcdef',
  'airflow-worker',
];

const directory = parseDirectory(`
accounts: ["${ACCOUNT}"]
people:
${PEOPLE.map((id) => `  - { id: ${id}, aliases: [${id.split('@')[0]}, "metabase:${PEOPLE.indexOf(id)}", "user-${PEOPLE.indexOf(id)}"] }`).join('\n')}
roles:
  - { name: metabase-task, kind: tool, tool: metabase }
  - { name: etl-task, owner: etl-task, kind: workload }
`);

interface Scenario {
  readonly truth: string;
  readonly subject: Start;
  readonly tag: CommentTag | null;
  readonly links: readonly CredentialLink[];
  readonly others: readonly Start[];
}

const hop = fc.record({
  role: fc.constantFrom('Lake', 'Inner', 'Audit', 'etl-task', 'metabase-task'),
  name: fc.constantFrom(...NAMES),
  isForeign: fc.boolean(),
  isConsole: fc.boolean(),
});
const rootOf = fc.oneof(
  fc.record({ way: fc.constantFrom('portal', 'user', 'saml', 'behalf'), who: fc.constantFrom(...PEOPLE) }),
  fc.record({ way: fc.constant('machine'), who: fc.constantFrom(...MACHINES) }),
);
const plan = fc.record({
  root: rootOf,
  hops: fc.array(hop, { maxLength: 4 }),
  claims: fc.option(fc.nat({ max: 3 })),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** Plays a plan: who really signs in, through which roles, with which events. */
function play({ root, hops, claims }: Plan, number: number): Scenario {
  const links: CredentialLink[] = [];
  const others: Start[] = [];
  let second = 100 * number;
  let serial = 0;
  const key = () => `ASIA${number}X${serial++}`;
  let current: Identity;
  let isConsole = false;
  if (root.way === 'user') current = iamUser(root.who.split('@')[0] ?? '', { key: `AKIA${PEOPLE.indexOf(root.who)}` });
  else if (root.way === 'portal') current = roleSession({ role: portalRole('Analyst'), name: root.who, key: key() });
  else {
    const session = {
      role: root.way === 'machine' ? root.who : 'Entry',
      name: root.way === 'saml' ? root.who : 'studio',
      key: key(),
      began: second,
    };
    current = roleSession(session);
    if (root.way === 'machine') links.push(link(awsService('ecs-tasks.amazonaws.com'), session));
    if (root.way === 'saml') {
      const caller = { type: 'SAMLUser', principalId: `x:${root.who}`, userName: root.who };
      links.push(
        link(caller, session, {
          name: 'AssumeRoleWithSAML',
          response: { subject: root.who, subjectType: 'persistent' },
        }),
      );
    }
    if (root.way === 'behalf') {
      const onBehalfOf = { userId: `user-${PEOPLE.indexOf(root.who)}`, identityStoreArn: STORE };
      others.push(start({ ...current, onBehalfOf }, { second: second + 1 }));
    }
  }
  for (const step of hops) {
    second += 10;
    const session = {
      role: step.role,
      name: step.name,
      key: key(),
      began: second,
      account: step.isForeign ? OTHER_ACCOUNT : ACCOUNT,
    };
    const issued = step.isConsole ? { ...session, key: key() } : session;
    const extra = isConsole ? { sessionCredentialFromConsole: 'true' } : {};
    const shared = step.isForeign ? { sharedEventID: `shared-${number}-${serial}` } : {};
    links.push(link(current, issued, { extra: { ...extra, ...shared } }));
    if (step.isForeign) links.push(link(foreign(current), issued, { extra: shared, recipient: OTHER_ACCOUNT }));
    current = roleSession(session);
    isConsole = step.isConsole;
  }
  const subject = start(current, {
    second: second + 5,
    extra: isConsole ? { sessionCredentialFromConsole: 'true' } : {},
  });
  const tag = claims === null ? null : { app: 'metabase', user: String(claims), context: {} };
  return { truth: root.who, subject, tag, links, others };
}

/** Each in seconds of its own, so that no two switch roles in one second: that case has a test of its own. */
const company = fc.array(plan, { minLength: 1, maxLength: 5 }).map((plans) => plans.map(play));

function resolveAll(scenarios: readonly Scenario[], evidence: readonly (CredentialLink | Start)[]): Resolution[] {
  const graph = createCredentialGraph();
  for (const item of evidence) item.kind === 'link' ? graph.addLink(item) : graph.addStart(item);
  return scenarios.map(({ subject, tag }) => resolvePerson({ start: subject, graph, directory, tag }));
}

function evidenceOf(scenarios: readonly Scenario[]): (CredentialLink | Start)[] {
  return scenarios.flatMap(({ links, others, subject }) => [...links, ...others, subject]);
}

/** A human is named as such; behind a machine's chain any role that the directory lists may name it, but never a human. */
function isRight(resolution: Resolution, { truth }: Scenario): boolean {
  if (!MACHINES.includes(truth)) return resolution.person === truth && resolution.kind === 'human';
  return resolution.kind === 'workload' && [...MACHINES, 'metabase'].includes(resolution.person ?? '');
}

describe('evidence in any order', () => {
  it('gives the same answers, however it is shuffled, split and repeated', () => {
    fc.assert(
      fc.property(
        company.chain((scenarios) => {
          const all = evidenceOf(scenarios);
          return fc.tuple(
            fc.constant(scenarios),
            fc.shuffledSubarray(all, { minLength: all.length }),
            fc.shuffledSubarray(all),
          );
        }),
        ([scenarios, shuffled, again]) => {
          const graph = createCredentialGraph();
          // Answers asked for in between must not change later ones.
          for (const [index, item] of [...shuffled, ...again].entries()) {
            item.kind === 'link' ? graph.addLink(item) : graph.addStart(item);
            const some = scenarios[index % scenarios.length];
            if (some) resolvePerson({ start: some.subject, graph, directory, tag: some.tag });
            if (index % 3 === 0) [...graph.unknownKeys()];
          }
          const late = scenarios.map(({ subject, tag }) => resolvePerson({ start: subject, graph, directory, tag }));
          expect(late).toEqual(resolveAll(scenarios, evidenceOf(scenarios)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names the right one, verified, when all of it is there', () => {
    fc.assert(
      fc.property(company, (scenarios) => {
        resolveAll(scenarios, evidenceOf(scenarios)).forEach((resolution, index) => {
          const scenario = scenarios[index] as Scenario;
          if (resolution.confidence !== 'verified') {
            // A listed tool acts for its user: the session name, then the comment, may name them.
            expect(scenario.subject.principal.issuerArn).toMatch(/metabase-task$/);
            expect(MACHINES).toContain(scenario.truth);
          } else expect({ ...resolution, isRight: isRight(resolution, scenario) }).toMatchObject({ isRight: true });
        });
      }),
      { numRuns: 150 },
    );
  });

  it('never names a wrong one as verified, whatever is lost, and heals when it arrives', () => {
    fc.assert(
      fc.property(
        company.chain((scenarios) => fc.tuple(fc.constant(scenarios), fc.shuffledSubarray(evidenceOf(scenarios)))),
        ([scenarios, kept]) => {
          const graph = createCredentialGraph();
          for (const item of kept) item.kind === 'link' ? graph.addLink(item) : graph.addStart(item);
          const ask = () =>
            scenarios.map(({ subject, tag }) => resolvePerson({ start: subject, graph, directory, tag }));
          ask().forEach((resolution, index) => {
            const scenario = scenarios[index] as Scenario;
            if (resolution.confidence === 'verified') {
              expect({ ...resolution, isRight: isRight(resolution, scenario) }).toMatchObject({ isRight: true });
            }
          });
          for (const item of evidenceOf(scenarios)) item.kind === 'link' ? graph.addLink(item) : graph.addStart(item);
          expect(ask()).toEqual(resolveAll(scenarios, evidenceOf(scenarios)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('asks for exactly the keys that lead on: fetching them heals what keys can heal', () => {
    fc.assert(
      fc.property(company, (scenarios) => {
        const graph = createCredentialGraph();
        for (const { subject, others } of scenarios) for (const one of [subject, ...others]) graph.addStart(one);
        const all = scenarios.flatMap(({ links }) => links);
        const asked = new Set<string>();
        for (let round = 0; round < 12; round++) {
          const keys = [...graph.unknownKeys()];
          expect(keys).toEqual([...keys].sort());
          for (const key of keys) {
            for (const one of all) if (one.issuedAccessKeyId === key) graph.addLink(one);
          }
          if (keys.every((key) => asked.has(key))) break;
          for (const key of keys) asked.add(key);
        }
        const full = resolveAll(scenarios, evidenceOf(scenarios));
        scenarios.forEach(({ subject, tag, links }, index) => {
          // Console sessions cannot be found by key.
          const hasConsole = [subject, ...links].some((one) => one.console === true);
          const resolution = resolvePerson({ start: subject, graph, directory, tag });
          if (!hasConsole) expect(resolution.person).toEqual(full[index]?.person);
        });
      }),
      { numRuns: 100 },
    );
  });
});
