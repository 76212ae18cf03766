import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTrailHand } from '../../src/compose/trail-hand.fixture.js';
import { openTrailHands } from '../../src/compose/trail-hands.js';
import type { TrailHands } from '../../src/sources/trail/trail-hands.js';
import { Organisation, OrganisationTree } from './organisation.js';

// More of them: AQT_FILES=100000 npx vitest run -c vitest.slow.config.ts test/end-to-end/organisation.slow.test.ts
const FILES = Number(process.env.AQT_FILES ?? 2100);
const LATE = 20;

/** Does a step; asked for more files, says how long it took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const done = await work();
  if (process.env.AQT_FILES) process.stdout.write(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
  return done;
}

let folder = '';
let script: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aqt-organisation-'));
  script = await buildTrailHand(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an organisation of twelve accounts in five Regions', () => {
  it('is collected by one loop, by threads and by a divided scan to the same bytes, each file opened once; a look-back opens what came late, and verify makes each report again', async () => {
    const organisation = new Organisation(FILES);
    const hands: TrailHands[] = [];
    const loop = new OrganisationTree(organisation);
    const threads = new OrganisationTree(organisation, (reading) => {
      const opened = openTrailHands(reading, { threads: 2, script, sleep: () => new Promise<void>(() => {}) });
      hands.push(opened);
      return opened;
    });
    const map = new OrganisationTree(organisation);
    await step('loop', () => loop.collect());
    await step('threads', () => threads.collect());
    expect(hands.length).toBeGreaterThan(0);
    expect(await step('divided scan', () => map.scanDivided(FILES / 2))).toBeGreaterThan(10);
    expect(map.deaths).toBeGreaterThan(1);
    map.opened.length = 0;
    await step('its hours', () => map.collect());
    expect(map.opened).toEqual([]);
    for (const { opened } of [loop, threads]) expect([opened.length, new Set(opened).size]).toEqual([FILES, FILES]);
    const before = loop.reports();
    expect(before.size).toBe(7 * 24);
    for (const tree of [threads, map]) expect(tree.reports()).toEqual(before);

    organisation.addLate(LATE);
    for (const tree of [loop, threads, map]) tree.opened.length = 0;
    for (const tree of [loop, threads, map]) {
      const { hours, parts } = await step('look-back', () => tree.lookBack(tree === map ? FILES / 20 : 0));
      expect(hours).toBeGreaterThan(5);
      if (tree === map) expect(parts).toBeGreaterThan(10);
      else expect(parts).toBe(0);
      // Who dies, and two that read a part at once, may each open what the other has not noted yet.
      expect(new Set(tree.opened).size).toBe(LATE);
      if (tree !== map) expect(tree.opened).toHaveLength(LATE);
    }
    const after = loop.reports();
    expect(after).not.toEqual(before);
    for (const tree of [threads, map]) expect(tree.reports()).toEqual(after);
    const files = FILES + LATE;
    const clean = { faults: [], findings: [], files: [files, files, files] };
    for (const tree of [loop, threads, map]) expect(await step('verify', () => tree.verify())).toEqual(clean);
  }, 7_200_000);
});
