import { describe, expect, it } from 'vitest';
import { truthOf } from '../history/truth.js';
import { CLOSED_WORKGROUP, STORY_DAYS } from './story.js';
import { buildWorld } from './workload.js';

const HOUR_MS = 3_600_000;
const options = { seed: 7, days: STORY_DAYS + 1, queriesPerDay: 40, noisePerDay: 10 };
const world = buildWorld({ ...options, hasStory: true });
const rows = [...truthOf(world).rows()];
const episode = (name: string) => rows.filter(({ way }) => way === `story-${name}`);
const dayOf = (time: number) => Math.floor((time - world.startsAt) / (24 * HOUR_MS));

describe('the story of the demo', () => {
  it('is told with every seed alike, and is no part of other worlds', () => {
    const again = buildWorld({ ...options, hasStory: true });
    expect(again.attempts.map(({ submittedAt, live }) => [submittedAt, live?.text])).toEqual(
      world.attempts.map(({ submittedAt, live }) => [submittedAt, live?.text]),
    );
    expect(buildWorld(options).attempts.some(({ live }) => live !== null)).toBe(false);
  });

  it('has a key that is used after its owner left', () => {
    const used = episode('leaver');
    expect(new Set(used.map(({ actor }) => actor.id))).toEqual(new Set(['tomas.weber@acorn.example']));
    const ordinary = rows.filter(
      ({ actor, way }) => actor.id === 'tomas.weber@acorn.example' && !way.startsWith('story'),
    );
    expect(Math.min(...used.map(({ submittedAt }) => dayOf(submittedAt)))).toBeGreaterThan(
      Math.max(...ordinary.map(({ submittedAt }) => dayOf(submittedAt))),
    );
  });

  it('has a pattern that costs most of all, a first reader of personal data, an agent that looks around', () => {
    const bytes = (some: typeof rows) => some.reduce((sum, { scannedBytes }) => sum + (scannedBytes ?? 0), 0);
    expect(bytes(episode('cost-spike'))).toBeGreaterThan(bytes(rows) / 2);
    expect(episode('new-reader').every(({ query }) => query?.includes('customers.pii'))).toBe(true);
    expect(episode('curious-agent').map(({ actor }) => actor.kind)).toEqual(Array(5).fill('agent'));
  });

  it('has an UNLOAD into a bucket that is not the company’s', () => {
    expect(episode('unload').map(({ substatementType }) => substatementType)).toEqual(['UNLOAD', 'UNLOAD']);
    expect(episode('unload')[0]?.query).toContain("TO 's3://mk-private-backup/");
  });

  it('has a burst of denied starts within minutes', () => {
    const denied = episode('denied-burst');
    expect(denied).toHaveLength(42);
    expect(new Set(denied.map(({ errorCode }) => errorCode))).toEqual(new Set(['AccessDenied']));
    const times = denied.map(({ submittedAt }) => submittedAt);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(5 * 60_000);
  });

  it('has an event that comes more than a day late, and a workgroup of its own for the people office', () => {
    const [late] = episode('late-event');
    expect((late?.visibleAt ?? 0) - (late?.submittedAt ?? 0)).toBeGreaterThan(39 * HOUR_MS);
    expect(episode('closed-workgroup').map(({ workGroup }) => workGroup)).toEqual(Array(6).fill(CLOSED_WORKGROUP));
  });
});
