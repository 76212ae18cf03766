/**
 * What the credential links of a day cost an hour's rows: all of them loaded, against those that its starts need. Nine tenths are roles
 * that services take for themselves; each start comes by two roles. Both ways in processes of their own, in turns.
 * Run with `node --import tsx bench/links-needed.ts [links] [sessions that start queries] [rounds]` (default 300 000, 1000, 3).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CredentialLink } from '../src/cloudtrail/credential-link.js';
import { readCredentialLink } from '../src/cloudtrail/read-credential-link.js';
import { readStart, type Start } from '../src/cloudtrail/start.js';
import { createCredentialGraph } from '../src/identity/chain/credential-graph.js';
import { namesWantedBy } from '../src/identity/chain/link-names.js';
import { EMPTY_DIRECTORY } from '../src/identity/directory/directory.js';
import { createResolver } from '../src/identity/resolve/resolve-person.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { textOfDayLine } from '../src/tree/evidence/evidence-lines.js';
import { appendPart } from '../src/tree/evidence/evidence-log.js';
import { liveEvidence } from '../src/tree/evidence/evidence-view.js';
import { openLinksAround } from '../src/tree/evidence/links-around.js';
import { dayEvidence } from '../src/tree/layout.js';

const DAY = '2026-11-01';
const BEGAN = Date.parse(`${DAY}T00:00:00Z`);
const PART_LINES = 20_000;
const clock = { now: () => Date.now(), sleep: async () => {} };

/** A drawn text, the same for the same number. */
const drawn = (number: number, what: string) =>
  createHash('md5').update(`${what}${number}`).digest('hex').toUpperCase().slice(0, 16);
const at = (number: number) => new Date(BEGAN + (number % 80_000) * 1000).toISOString().replace('.000', '');

function session(number: number, role: string, what: string) {
  const name =
    what === 'portal'
      ? `person.${number % 500}@acorn.example`
      : `botocore-session-17${String(number).padStart(8, '0')}`;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE${role.toUpperCase()}:${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
    accountId: '111122223333',
    accessKeyId: `ASIA${drawn(number, what)}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROAEXAMPLE${role.toUpperCase()}`,
        arn: `arn:aws:iam::111122223333:role/${what === 'portal' ? 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_' : ''}${role}`,
        accountId: '111122223333',
        userName: role,
      },
      attributes: { creationDate: at(number), mfaAuthenticated: 'false' },
    },
  };
}

function linkOf(number: number, caller: object, issued: ReturnType<typeof session>): CredentialLink {
  const { accessKeyId, principalId, arn } = issued;
  const link = readCredentialLink({
    eventVersion: '1.08',
    eventTime: at(number),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: 'us-east-1',
    eventID: `${drawn(number, issued.arn).toLowerCase().slice(0, 8)}-74e0-48e3-9630-${String(number).padStart(12, '0')}`,
    sharedEventID: `${drawn(number, `shared ${issued.arn}`).toLowerCase().slice(0, 8)}-1111-4222-9630-${String(number).padStart(12, '0')}`,
    recipientAccountId: '111122223333',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'Boto3/1.43.11 Botocore/1.43.11',
    userIdentity: caller,
    requestParameters: { roleArn: issued.sessionContext.sessionIssuer.arn, roleSessionName: principalId.split(':')[1] },
    responseElements: { credentials: { accessKeyId }, assumedRoleUser: { assumedRoleId: principalId, arn } },
  });
  if (!link) throw new Error('no link');
  return link;
}

/** Of ten links nine are a service's, the tenth half of somebody's way: portal, Lake, Inner. */
function linkNumber(number: number): CredentialLink {
  if (number % 10 !== 0) {
    const service = ['lambda', 'ecs-tasks', 'glue', 'states', 'firehose'][number % 5];
    return linkOf(
      number,
      { type: 'AWSService', invokedBy: `${service}.amazonaws.com` },
      session(number, 'Task', 'task'),
    );
  }
  const way = Math.floor(number / 20);
  return number % 20 === 0
    ? linkOf(number, session(way, 'Analyst', 'portal'), session(way, 'Lake', 'lake'))
    : linkOf(number, session(way, 'Lake', 'lake'), session(way, 'Inner', 'inner'));
}

function startNumber(number: number): Start {
  const start = readStart({
    eventVersion: '1.11',
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    awsRegion: 'us-east-1',
    eventID: `start-${number}`,
    eventTime: new Date(BEGAN + ((number % 80_000) + 60) * 1000).toISOString(),
    recipientAccountId: '111122223333',
    userIdentity: session(number, 'Inner', 'inner'),
    userAgent: 'Boto3/1.43.11',
    responseElements: { queryExecutionId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` },
  });
  if (start.kind !== 'start') throw new Error(start.reason);
  return start;
}

/** Of all ways those that lead to queries, evenly. */
const startsOf = (links: number, sessions: number) => {
  const ways = Math.floor(links / 20);
  const count = Math.min(ways, sessions);
  return Array.from({ length: count }, (_, index) => startNumber(Math.floor((index * ways) / count)));
};

async function make(root: string, links: number): Promise<void> {
  const store = createLocalStore(root, { clock });
  for (let from = 0; from < links; from += PART_LINES) {
    const lines = Array.from({ length: Math.min(PART_LINES, links - from) }, (_, index) =>
      textOfDayLine({ link: linkNumber(from + index) }),
    );
    await appendPart(store, dayEvidence(DAY), { lines });
  }
}

interface Measured {
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly links: number;
  readonly hash: string;
}

/** The hour's part of a run: links, then the person of each start. */
async function measure(root: string, way: string, starts: readonly Start[]): Promise<Measured> {
  const store = createLocalStore(root, { clock });
  const before = process.cpuUsage();
  const graph = createCredentialGraph();
  const allBelow = way === 'all' ? Number.POSITIVE_INFINITY : -1;
  const wanted = starts.flatMap(namesWantedBy);
  const links = await openLinksAround({ view: liveEvidence(store), reportDate: DAY, graph, wanted, allBelow });
  await links.reach(starts);
  const resolve = createResolver({ graph, directory: EMPTY_DIRECTORY });
  const hash = createHash('sha256');
  for (const start of starts) hash.update(JSON.stringify(resolve(start, null)));
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    links: graph.linkCount,
    hash: hash.digest('hex').slice(0, 8),
  };
}

const [first = '', ...rest] = process.argv.slice(2);
if (first === 'measure') {
  const [root = '', way = '', links = '0', sessions = '0'] = rest;
  process.stdout.write(JSON.stringify(await measure(root, way, startsOf(Number(links), Number(sessions)))));
} else {
  const [LINKS = 300_000, SESSIONS = 1000, ROUNDS = 3] = [first, ...rest].filter((text) => text !== '').map(Number);
  const root = mkdtempSync(join(tmpdir(), 'aqt-bench-'));
  await make(root, LINKS);
  const run = (way: string, links = LINKS) => {
    const file = fileURLToPath(import.meta.url);
    const args = ['--import', 'tsx', file, 'measure', root, way, String(links), String(SESSIONS)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Measured;
  };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const isFirst = round % 2 === 0;
    const a = run(isFirst ? 'all' : 'needed');
    const b = run(isFirst ? 'needed' : 'all');
    const [all, needed] = isFirst ? [a, b] : [b, a];
    if (all.hash !== needed.hash) throw new Error('the answers differ');
    ratios.push(needed.cpuMs / all.cpuMs);
    for (const [way, { cpuMs, peakMb, links }] of Object.entries({ all, needed }))
      console.log(
        `${way.padEnd(6)} ${Math.round(cpuMs)} ms of CPU, peak ${Math.round(peakMb)} MB, ${links} links in the graph`,
      );
  }
  const median = [...ratios].sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(
    `${LINKS} links, ${SESSIONS} sessions that start queries: ${median.toFixed(2)} of the CPU (median of ${ROUNDS}), same answers`,
  );
  rmSync(root, { recursive: true });
}
