import { expect, it } from 'vitest';
import type { DashboardContext } from '../server/context.js';
import { sumsOfListed } from './sums-answer.js';

const NO_SUMS = { totals: {}, people: [], workgroups: [], tables: [], days: [] };

/** Reports of which only the list is known. */
function context(listed: ReturnType<DashboardContext['listed']>) {
  const asked: (readonly string[])[] = [];
  const made = {
    listed: () => listed,
    timezoneOf: async () => 'America/New_York',
    sums: async (_: readonly string[], dates: readonly string[]) => {
      asked.push(dates);
      return {
        sums: NO_SUMS,
        without: [{ date: '2026-11-19', tree: '', why: 'it has no sums yet: aqt compact makes them' }],
      };
    },
    isAuditor: false,
    program: 'npx aqt',
    now: () => 7,
  } as unknown as DashboardContext;
  return { asked, made };
}

it('adds up the last days that are listed before any row is here, and names those without', async () => {
  const { asked, made } = context({ trees: [''], from: '2026-10-01', to: '2026-11-20' });
  const answer = await sumsOfListed(made, new URLSearchParams());
  expect(asked[0]).toHaveLength(7);
  expect(answer).toMatchObject({ from: '2026-11-14', to: '2026-11-20', read: 7 });
  expect(answer?.days.map(({ date }) => date)).not.toContain('2026-11-19');
  expect(answer?.without[0]?.why).toBe('it has no sums yet: npx aqt compact makes them');
});

it('answers nothing before anything is listed', async () => {
  expect(await sumsOfListed(context(null).made, new URLSearchParams())).toBeNull();
});
