import { describe, expect, it } from 'vitest';
import { judgeChange as judge } from './check-change.js';

const before = {
  ReportTimezone: 'America/New_York',
  OutputType: 'csv',
  ReportPrefix: '',
  Regions: 'us-east-1,eu-west-1',
};
const tree = { location: 's3://audit', timezone: 'America/New_York', formats: ['csv'] };

const judgeChange = (change: Omit<Parameters<typeof judge>[0], 'rewrites' | 'region'>, rewrites = false) =>
  judge({ ...change, rewrites, region: 'us-east-1' });

describe('a change of a stack with reports', () => {
  it('is fine when nothing that the reports depend on changes', () => {
    expect(judgeChange({ before, after: { ...before, HourMemory: '2048' }, tree })).toEqual({
      refusals: [],
      notes: [],
    });
  });

  it('of zone or format is refused, with both ways out', () => {
    const { refusals } = judgeChange({
      before,
      after: { ...before, ReportTimezone: 'UTC', OutputType: 'parquet' },
      tree,
    });
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toMatch(/America\/New_York.*one zone for ever.*--timezone America\/New_York.*--prefix/);
    expect(refusals[1]).toMatch(/are csv.*--rewrite.*--format csv.*--prefix/);
  });

  it('of the format does no harm where the reports are written anew first, and of the zone all the same', () => {
    const after = { ...before, OutputType: 'parquet' };
    expect(judgeChange({ before, after, tree }, true).refusals).toEqual([]);
    expect(judgeChange({ before, after: { ...after, ReportTimezone: 'UTC' }, tree }, true).refusals).toHaveLength(1);
  });

  it('of the format that was stopped halfway is refused in both directions', () => {
    const half = { ...tree, formats: ['csv', 'parquet'] };
    for (const [type, others] of [
      ['parquet', 'csv'],
      ['csv', 'parquet'],
      ['json', 'csv and parquet'],
    ])
      expect(
        judgeChange({ before, after: { ...before, OutputType: type ?? '' }, tree: half }).refusals.join(),
      ).toContain(`are ${others}, and`);
  });

  it('to another place is judged by what lies there, and says what stays behind', () => {
    const after = { ...before, ReportPrefix: 'parquet', OutputType: 'parquet' };
    const { refusals, notes } = judgeChange({ before, after, tree: null });
    expect(refusals).toEqual([]);
    expect(notes.join()).toMatch(/ReportPrefix changes.*stays where it is/);
  });

  it('that drops a Region says so', () => {
    expect(judgeChange({ before, after: { ...before, Regions: 'us-east-1' }, tree }).notes.join()).toMatch(
      /Regions no longer has eu-west-1/,
    );
    const unnamed = { ...before, Regions: '' };
    expect(judgeChange({ before: unnamed, after: { ...before, Regions: 'eu-west-1' }, tree }).notes.join()).toMatch(
      /Regions no longer has us-east-1/,
    );
    expect(judgeChange({ before: unnamed, after: { ...before, Regions: 'us-east-1' }, tree }).notes).toEqual([]);
    expect(judgeChange({ before, after: unnamed, tree }).notes.join()).toMatch(/Regions no longer has eu-west-1/);
  });
});

describe('a new stack over reports of an earlier one', () => {
  it('goes on with them, and refuses another zone', () => {
    expect(judgeChange({ before: null, after: before, tree }).refusals).toEqual([]);
    expect(judgeChange({ before: null, after: { ...before, ReportTimezone: 'UTC' }, tree }).refusals).toHaveLength(1);
  });
});
