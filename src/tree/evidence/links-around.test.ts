import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { lineOfLink } from '../../cloudtrail/link-line.js';
import { readCredentialLink } from '../../cloudtrail/read-credential-link.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import { dayEvidence, hourEvidence } from '../layout.js';
import { createMemoryStore } from '../memory-store.fixture.js';
import { appendPart } from './evidence-log.js';
import { liveEvidence } from './evidence-view.js';
import { openLinksAround } from './links-around.js';

const DATE = '2026-11-01';
const HOUR = { reportDate: DATE, hour: 5 };
const drawn = (number: number) => createHash('sha256').update(`${number}`).digest('hex').toUpperCase();

function link(number: number) {
  const accessKeyId = `ASIA${drawn(number).slice(0, 16)}`;
  const read = readCredentialLink({
    ...{ eventVersion: '1.11', eventName: 'AssumeRole', eventSource: 'sts.amazonaws.com', eventID: drawn(-number) },
    eventTime: `${DATE}T04:00:00Z`,
    userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
    responseElements: { credentials: { accessKeyId } },
  });
  if (!read) throw new Error('no link');
  return read;
}

it.each([
  { links: 10, starts: 0, isAllLoaded: true },
  { links: 1500, starts: 0, isAllLoaded: false },
  { links: 1500, starts: 3000, isAllLoaded: true },
])('of $links links and $starts starts, all are loaded: $isAllLoaded', async ({ links, starts, isAllLoaded }) => {
  const store = createMemoryStore();
  const all = Array.from({ length: links }, (_, number) => link(number + 1));
  await appendPart(store, dayEvidence(DATE), { lines: all.map(lineOfLink) });
  const others = Array.from({ length: starts }, (_, number) => `{"reject":"${drawn(number)}${drawn(-number)}"}`);
  if (starts > 0) await appendPart(store, hourEvidence(HOUR), { lines: others });
  const graph = createCredentialGraph();
  let loaded = 0;
  const addLink = (one: (typeof all)[number]) => {
    loaded += 1;
    graph.addLink(one);
  };
  await openLinksAround({
    ...{ view: liveEvidence(store), reportDate: DATE, hours: [HOUR] },
    graph: { ...graph, addLink },
  });
  expect(loaded).toBe(isAllLoaded ? links : 0);
});
