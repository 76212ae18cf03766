import { describe, expect, it } from 'vitest';
import { holdsMore, isSameFile, joinReadings, type LogFileEntry, reaching } from './log-file-entry.js';

const file = { name: 'a.json.gz', size: 10, tag: 'x', version: 'x' };
const entry = (left: LogFileEntry['left']): LogFileEntry => ({ ...file, hours: {}, days: [], left, tellers: [] });
const wanted = { window: { start: 100, end: 200 }, linkWindow: { start: 50, end: 200 } };

describe('what was read of a log file', () => {
  it('is all that is wanted where nothing was left, or only what nobody wants now', () => {
    expect(holdsMore(entry({ starts: null, links: null }), wanted)).toBe(false);
    for (const starts of [
      { from: 0, to: 99 },
      { from: 200, to: 300 },
    ])
      expect(holdsMore(entry({ starts, links: null }), wanted)).toBe(false);
    for (const links of [
      { from: 0, to: 49 },
      { from: 200, to: 300 },
    ])
      expect(holdsMore(entry({ starts: null, links }), wanted)).toBe(false);
  });

  it('may lack something where what was left reaches into what is wanted', () => {
    for (const starts of [
      { from: 100, to: 100 },
      { from: 199, to: 300 },
      { from: 0, to: 300 },
    ])
      expect(holdsMore(entry({ starts, links: null }), wanted)).toBe(true);
    for (const links of [
      { from: 0, to: 50 },
      { from: 199, to: 199 },
    ])
      expect(holdsMore(entry({ starts: null, links }), wanted)).toBe(true);
  });

  it('is of this file only while name, size and tag are the same', () => {
    expect(isSameFile(file, { ...file })).toBe(true);
    for (const other of [{ name: 'b' }, { size: 11 }, { tag: 'y' }])
      expect(isSameFile(file, { ...file, ...other })).toBe(false);
  });

  it('left a span from the first to the last time', () => {
    expect([7, 3, 5].reduce<ReturnType<typeof reaching> | null>(reaching, null)).toEqual({ from: 3, to: 7 });
  });

  it('is what two readings took together, and leaves only what both left', () => {
    const hour = (at: number) => ({ at, lines: 'AAAA' });
    const teller = (credential: string, isTaken: boolean) => ({ credential, at: 5, isTaken });
    const a = {
      ...entry({ starts: { from: 10, to: 20 }, links: { from: 1, to: 2 } }),
      hours: { h1: hour(1) },
      days: ['d2'],
    };
    const b = {
      ...entry({ starts: { from: 15, to: 30 }, links: { from: 3, to: 4 } }),
      hours: { h2: hour(2) },
      days: ['d1'],
    };
    const joined = joinReadings(
      { ...a, tellers: [teller('x', true), teller('y', false)] },
      { ...b, tellers: [teller('x', false), teller('y', false)] },
    );
    expect(joined).toEqual({
      ...{ ...file, hours: { h1: hour(1), h2: hour(2) }, days: ['d1', 'd2'] },
      left: { starts: { from: 15, to: 20 }, links: null },
      tellers: [teller('x', true), teller('y', false)],
    });
    expect(joinReadings(a, { ...b, left: { starts: null, links: null } }).left).toEqual({ starts: null, links: null });
  });
});
