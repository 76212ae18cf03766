import { describe, expect, it } from 'vitest';
import type { DayAccount, DayCell } from './verify-days.js';
import { tableOf } from './verify-table.js';

const cell = (kind: DayCell['kind'], rows = 0): DayCell => ({ kind, rows });
const day = (reportDate: string, changes: Partial<DayAccount> = {}): DayAccount => ({
  ...{ tree: '', reportDate, hours: 24, openHours: 0, startsRead: 1_234_567, rows: 1_234_560, duplicates: 4 },
  ...{ repeatedStarts: 2, malformed: 1, unattributed: 0, pending: 0, findings: 0, unexplained: 0 },
  cells: Array.from({ length: 24 }, (_, hour) => cell('final', hour)),
  ...changes,
});
const at = (columns: number, days: readonly DayAccount[], isStdoutTty = false) =>
  tableOf(days, { columns, isStdoutTty, env: {} });

describe('the table of verify', () => {
  const days = [day('2026-11-01'), day('2026-11-02', { unexplained: 3 })];

  it.each([80, 120])('fits a terminal of %i columns', (columns) => {
    for (const line of at(columns, days).split('\n')) expect([...line].length).toBeLessThanOrEqual(columns);
  });

  it('has a column for each reason where there is room, else their sum and a line that tells them', () => {
    expect(at(120, days)).toMatch(/expected {2}collected {2}copies {2}repeats {2}malformed {2}unexplained {2}open/);
    expect(at(120, days)).not.toContain('explained:');
    expect(at(80, days)).toMatch(/expected +rows explained unexplained open/);
    expect(at(80, days)).toContain('explained: 8 copies, 4 repeats, 2 malformed');
  });

  it('shades hours by their rows, and marks faults, findings and hours that the day lacks', () => {
    const cells = [
      cell('final'),
      cell('open', 1),
      cell('final', 60),
      cell('final', 100),
      cell('fault'),
      cell('finding', 9),
    ];
    const table = at(80, [day('2026-11-01', { cells: [...cells, ...Array(18).fill(cell('none'))] })]);
    expect(table.split('\n')[1]).toMatch(/^2026-11-01 ·░▓█✗! {19}/);
  });

  it('adds up all days', () => {
    expect(at(120, days).split('\n')[4]).toMatch(/^all +2469134 +2469120 +8 +4 +2 +3 +0$/);
  });

  it('names each tree of a forest once', () => {
    const forest = [day('2026-11-01', { tree: 'account=1/' }), day('2026-11-02', { tree: 'account=1/' })];
    expect(at(80, [...forest, day('2026-11-01', { tree: 'account=2/' })]).match(/^account=\d\/$/gm)).toEqual([
      'account=1/',
      'account=2/',
    ]);
  });

  it('paints on a terminal only, and never with NO_COLOR', () => {
    expect(at(80, days, true)).toContain('\x1b[32m█\x1b[0m');
    expect(at(80, days)).not.toContain('\x1b');
    expect(tableOf(days, { columns: 80, isStdoutTty: true, env: { NO_COLOR: '1' } })).not.toContain('\x1b');
  });
});
