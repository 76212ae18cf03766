import { describe, expect, it } from 'vitest';
import { Organisation, OrganisationTree, WEEK } from './organisation.js';

const FILES = 420;
const LATE = 6;

/** What a look-back leaves that finds files which came late, and a folder that is gone as a whole. */
async function lookedBack(division: number, days = WEEK) {
  const organisation = new Organisation(FILES);
  const tree = new OrganisationTree(organisation);
  // One scan for each stretch of days that touch.
  const gap = WEEK.findIndex((day) => !days.includes(day));
  const stretches = gap < 0 ? [WEEK] : [WEEK.slice(0, gap), WEEK.slice(gap + 1)];
  for (const [index, stretch] of stretches.entries()) await tree.collect(`stretch-${index}`, stretch);
  organisation.addLate(LATE);
  organisation.removeFolder({ account: '111122220003', region: 'us-east-1', date: '2026-11-05' });
  tree.opened.length = 0;
  const told = await tree.lookBack(division, stretches.at(-1));
  return { ...told, reports: tree.reports(), opened: new Set(tree.opened), tree };
}

describe('the weekly look-back', () => {
  it('is read in parts where it lists ten times as much as a scan that is divided, and tells what one loop tells', async () => {
    const loop = await lookedBack(FILES);
    const map = await lookedBack(FILES / 20);
    expect([loop.parts, map.parts > 1]).toEqual([0, true]);
    expect(map.tree.deaths).toBeGreaterThan(0);
    expect(map.hours).toBe(loop.hours);
    expect(map.hours).toBeGreaterThan(1);
    expect(map.reports).toEqual(loop.reports);
    expect(map.opened).toEqual(loop.opened);
    expect(loop.opened.size).toBe(LATE);
    expect(map.gone).toEqual(loop.gone);
    expect(map.gone).toHaveLength(FILES / WEEK.length / 60);
    expect(map.gone[0]).toContain('/111122220003/CloudTrail/us-east-1/');
    // Nothing of the work is left.
    expect(map.scans).toEqual([]);
  });

  it('keeps nothing of a day between that was never collected', async () => {
    const days = WEEK.filter(({ reportDate }) => reportDate !== '2026-11-06');
    const loop = await lookedBack(0, days);
    const map = await lookedBack(FILES / 20, days);
    expect([loop.parts, map.parts > 1]).toEqual([0, true]);
    expect(map.reports).toEqual(loop.reports);
    expect(map.tree.hoursWithEvidence()).toEqual(loop.tree.hoursWithEvidence());
    expect(map.tree.hoursWithEvidence().some((hour) => hour.startsWith('2026-11-06'))).toBe(false);
    expect(map.tree.hoursWithEvidence().some((hour) => hour.startsWith('2026-11-05'))).toBe(true);
  });
});
