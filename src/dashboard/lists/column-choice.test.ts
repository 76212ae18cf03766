import { describe, expect, it } from 'vitest';
import { isShown, readColumns, STANDARD_COLUMNS } from './column-choice.js';

const ALL = ['time', 'person', 'team', 'workgroup', 'state', 'sql', 'bytes', 'cost', 'queue', 'duration'];
const names = (chosen: readonly string[], place: { sort?: string; isSplit?: boolean; isPhone?: boolean }) =>
  ALL.filter((name) => isShown(name, { chosen, sort: 'time', isSplit: false, isPhone: false, ...place }));

describe('the columns of the list of queries', () => {
  it('are those chosen', () => {
    expect(names(STANDARD_COLUMNS, {})).toEqual(STANDARD_COLUMNS);
    expect(names(['sql', 'team', 'time'], {})).toEqual(['time', 'team', 'sql']);
  });

  it('are few beside an open query, with the one that orders the list, and few on a phone', () => {
    const few = ['time', 'person', 'state', 'sql', 'cost'];
    expect(names(STANDARD_COLUMNS, { isSplit: true })).toEqual(few);
    expect(names(STANDARD_COLUMNS, { isSplit: true, sort: 'cost' })).toEqual(few);
    expect(names(STANDARD_COLUMNS, { isSplit: true, sort: 'bytes' })).toEqual([...few.slice(0, 4), 'bytes']);
    expect(names(['sql'], { isPhone: true, sort: 'bytes' })).toEqual(few);
  });

  it('are read from an address', () => {
    expect(readColumns('time,mood,sql', ALL)).toEqual(['time', 'sql']);
    expect(readColumns('mood', ALL)).toBeNull();
    expect(readColumns(null, ALL)).toBeNull();
  });
});
