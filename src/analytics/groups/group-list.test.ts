import { describe, expect, it } from 'vitest';
import { columnsOfGroups, groupsOfColumns, orderGroups, searchGroups } from './group-list.js';
import type { GroupRow } from './groups.js';

const row = (key: string | null, more: Partial<GroupRow> = {}): GroupRow => ({
  ...{ key, queries: 1, refused: 0, failed: 0, nanos: 5, bytes: null, people: 1, first: 0, last: 9, groups: 3 },
  ...more,
});
const rows = [row('lake.Orders', { nanos: '9007199254740993' }), row(null), row('lake.orders_old', { team: 'data' })];

describe('a list of groups, column by column', () => {
  it('gives the same groups back, but for what each row only repeats', () => {
    const columns = columnsOfGroups(rows);
    expect(Object.keys(columns)).not.toContain('groups');
    const back = groupsOfColumns(JSON.parse(JSON.stringify(columns)));
    expect(back).toEqual(rows.map(({ groups: _, team = null, ...rest }) => ({ ...rest, team })));
  });

  it('is empty where there is nothing', () => {
    expect(groupsOfColumns(columnsOfGroups([]))).toEqual([]);
  });

  it('is searched and ordered as the rows are', () => {
    const back = groupsOfColumns(columnsOfGroups(rows));
    for (const text of ['', 'ORDERS', 'lake old', 'nothing'])
      for (const order of ['key', 'cost', 'team', 'last'] as const)
        expect(orderGroups(searchGroups(back, text), order, true).map(({ key }) => key)).toEqual(
          orderGroups(searchGroups(rows, text), order, true).map(({ key }) => key),
        );
  });
});
