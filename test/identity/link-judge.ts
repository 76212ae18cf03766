import fc from 'fast-check';
import { expect } from 'vitest';
import type { Start } from '../../src/cloudtrail/start.js';
import { type CredentialGraph, createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import { namesWantedBy } from '../../src/identity/chain/link-names.js';
import { resolvePerson } from '../../src/identity/resolve/resolve-person.js';
import { feedLinksAround } from '../../src/tree/evidence/day-evidence.js';
import { openLinksAround } from '../../src/tree/evidence/links-around.js';
import { DAY, linkWorlds, viewOf, type Width } from './link-worlds.js';
import { directory } from './loss-worlds.js';

/** All that a row may take from a graph. */
function answer(graph: CredentialGraph, start: Start, names: ReadonlyMap<string, string>): unknown {
  const resolution = resolveOrFail(graph, start, names);
  return { resolution, facts: graph.factsOf(start), parent: graph.parentOf(start) };
}

/** A Spark session that was started in itself leads round and round. */
function resolveOrFail(graph: CredentialGraph, start: Start, identityStoreNames: ReadonlyMap<string, string>): unknown {
  try {
    return resolvePerson({ start, graph, directory, tag: null, identityStoreNames });
  } catch (error) {
    if (error instanceof RangeError) return 'round and round';
    throw error;
  }
}

/** With a graph that took what was found for some starts after others, each is answered as with a graph of all links. */
export async function expectSameAsAll(width: Width, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(linkWorlds(width), fc.boolean(), async (world, isRead) => {
    const view = viewOf(world);
    const all = createCredentialGraph();
    const known = await feedLinksAround(view, DAY, all);
    const graph = createCredentialGraph();
    const hours = isRead ? [{ reportDate: DAY, hour: 8 }] : [];
    const links = await openLinksAround({ view, reportDate: DAY, graph, hours, allBelow: -1 });
    expect([links.asked, links.names, links.parts]).toEqual([known.asked, known.names, known.parts]);
    for (const start of world.starts) {
      if (isRead) expect(links.isReached(start)).toBe(true);
      await links.reach([start]);
      expect(links.isReached(start)).toBe(true);
      expect(answer(graph, start, links.names)).toEqual(answer(all, start, known.names));
    }
    for (const start of world.starts)
      expect(answer(graph, start, links.names)).toEqual(answer(all, start, known.names));
    expect([...graph.identityCenterUsers].sort()).toEqual([...all.identityCenterUsers].sort());
    expect(graph.linkCount).toBeLessThanOrEqual(all.linkCount);
  });
  await fc.assert(property, { numRuns });
}

/** What nothing explains is the same, so the same is asked for. */
export async function expectSameQuestions(width: Width, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(linkWorlds(width), async (world) => {
    const view = viewOf(world);
    const [all, graph] = [createCredentialGraph(), createCredentialGraph()];
    for (const start of world.starts) {
      all.addStart(start);
      graph.addStart(start);
    }
    await feedLinksAround(view, DAY, all);
    await openLinksAround({
      view,
      reportDate: DAY,
      graph,
      wanted: world.starts.flatMap(namesWantedBy),
      takesAllUses: true,
      allBelow: -1,
    });
    expect([...graph.unknownKeys()]).toEqual([...all.unknownKeys()]);
  });
  await fc.assert(property, { numRuns });
}
