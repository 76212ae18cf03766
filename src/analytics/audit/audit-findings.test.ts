import { describe, expect, it } from 'vitest';
import { groupFindings, type PlacedFinding } from './audit-findings.js';

const finding = (changes: Partial<PlacedFinding>): PlacedFinding => ({
  kind: 'not-listed',
  tree: '',
  key: 'k',
  text: 'a sentence',
  next: 'collect',
  label: null,
  count: 3,
  days: null,
  accepted: null,
  ...changes,
});
const accepted = { reason: 'the account was closed', acceptedAt: Date.UTC(2026, 10, 20) };

describe('findings of a kind', () => {
  it('are told together, counted as things or as what they have', () => {
    const groups = groupFindings([
      finding({ text: 'one' }),
      finding({ text: 'two', tree: 'account=1/' }),
      finding({ kind: 'not-read', count: 24 }),
      finding({ kind: 'not-read', count: 5 }),
    ]);
    expect(groups.map(({ count, details }) => [count, details])).toEqual([
      [2, ['one', 'account=1/two']],
      [29, ['a sentence', 'a sentence']],
    ]);
  });

  it('are told apart when some were accepted, and for different reasons', () => {
    const groups = groupFindings([
      finding({}),
      finding({ accepted }),
      finding({ accepted }),
      finding({ accepted: { ...accepted, reason: 'another' } }),
    ]);
    expect(groups.map((group) => [group.count, group.accepted?.reason ?? null])).toEqual([
      [1, null],
      [2, 'the account was closed'],
      [1, 'another'],
    ]);
  });

  it('name the days to collect again from the first to the last', () => {
    const [group] = groupFindings([
      finding({ days: { from: '2026-11-03', to: '2026-11-09' } }),
      finding({ days: { from: '2026-11-01', to: '2026-11-04' } }),
      finding({ days: null }),
    ]);
    expect(group?.again).toEqual({ tree: '', from: '2026-11-01', to: '2026-11-09' });
  });

  it('name no days to collect again when they lie in several trees: each has a command of its own', () => {
    const days = { from: '2026-11-03', to: '2026-11-09' };
    const [group] = groupFindings([finding({ days, tree: 'account=1/' }), finding({ days, tree: 'account=2/' })]);
    expect(group?.again).toBeNull();
  });

  it('keep the first sentences of many, and the exact count', () => {
    const [group] = groupFindings(Array.from({ length: 400 }, (_, index) => finding({ text: `${index}` })));
    expect(group?.count).toBe(400);
    expect(group?.details).toHaveLength(50);
    expect(group?.more).toBe(350);
  });
});
