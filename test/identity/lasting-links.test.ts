import { describe, expect, it } from 'vitest';
import { LIST_PRICES } from '../../src/athena/prices.js';
import { createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import { EMPTY_DIRECTORY } from '../../src/identity/directory/directory.js';
import { resolvePerson } from '../../src/identity/resolve/resolve-person.js';
import { createEnrichment } from '../../src/record/enrichment.js';
import { createSqlReader } from '../../src/sql/reader.js';
import { textOfDayLine } from '../../src/tree/evidence/evidence-lines.js';
import { appendPart, listParts, mergeParts } from '../../src/tree/evidence/evidence-log.js';
import { liveEvidence } from '../../src/tree/evidence/evidence-view.js';
import { openLastingLinks } from '../../src/tree/evidence/lasting-links.js';
import { dayEvidence } from '../../src/tree/layout.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { awsService, iamUser, link, roleSession, start } from './evidence.js';

const DAY = '2026-11-02';
const lake = { role: 'Lake', name: 'botocore-session-1760000000', key: 'ASIALAKE', began: 900 };
const inner = { role: 'teams/Inner', name: 'botocore-session-1760000001', key: 'ASIAINNER', began: 950 };
const query = start(roleSession(inner), { second: 1000 });

/** Two links of a way, among those of a service that takes a role for itself, in parts enough to be merged. */
async function crowdedDay() {
  const store = createMemoryStore();
  const way = [link(roleSession(lake), inner), link(iamUser('ana'), lake)];
  for (let part = 0; part < 30; part++) {
    const tasks = Array.from({ length: 20 }, (_, number) =>
      link(awsService('lambda.amazonaws.com'), { role: 'Task', name: `fn-${number}`, key: `ASIAT${part}N${number}` }),
    );
    const own = part % 15 === 7 ? way.splice(0, 1) : [];
    const lines = [...tasks, ...own].map((one) => textOfDayLine({ link: one }));
    await appendPart(store, dayEvidence(DAY), { lines });
  }
  const graph = createCredentialGraph();
  const links = await openLastingLinks(store, { view: liveEvidence(store), reportDate: DAY, graph, allBelow: -1 });
  const person = () => resolvePerson({ start: query, graph, directory: EMPTY_DIRECTORY, tag: null }).person;
  return { store, graph, links, person };
}

describe('links that are looked for', () => {
  it('are those of the way alone, and no answer is given before', async () => {
    const { graph, links, person } = await crowdedDay();
    const read = createSqlReader(10, (text) => text);
    const enrichment = createEnrichment({ graph, links, directory: EMPTY_DIRECTORY, prices: LIST_PRICES, read });
    expect(() => enrichment.resolve(query, null)).toThrow('were not looked for');
    await enrichment.reach([query]);
    expect(enrichment.resolve(query, null).person).toBe('ana');
    expect([person(), graph.linkCount]).toEqual(['ana', 2]);
  });

  it('are found where they lie after their parts were merged', async () => {
    const { store, links, person } = await crowdedDay();
    await mergeParts(store, dayEvidence(DAY));
    expect(await listParts(store, dayEvidence(DAY))).toHaveLength(1);
    // News that came after the opening are not among what a manifest would name.
    await appendPart(store, dayEvidence(DAY), { lines: [textOfDayLine({ link: link(iamUser('eve'), lake) })] });
    await links.reach([query]);
    expect([links.isReached(query), person()]).toEqual([true, 'ana']);
  });

  it('are not told as found where the search broke off', async () => {
    const { store, links, person } = await crowdedDay();
    const files = [...store.files];
    for (const { key } of await listParts(store, dayEvidence(DAY))) await store.remove(key);
    await expect(links.reach([query])).rejects.toThrow('is gone');
    expect(links.isReached(query)).toBe(false);
    await expect(links.reach([])).rejects.toThrow('is gone');
    for (const [key, bytes] of files) store.files.set(key, bytes);
    await links.reach([query]);
    expect([links.isReached(query), person()]).toEqual([true, 'ana']);
  });
});
