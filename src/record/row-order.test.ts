import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleRow } from './row.fixture.js';
import { compareRows } from './row-order.js';

const row = (start_time: number, query_execution_id: string | null, event_id: string | null) =>
  exampleRow({ start_time, query_execution_id, event_id });

test('rows sort by start time, then execution id, then event id, a null id last', () => {
  const sorted = [
    row(1, 'b', 'z'),
    row(2, 'B', null),
    row(2, 'a', 'a'),
    row(2, 'a', 'b'),
    row(2, 'a', null),
    row(2, null, 'a'),
    row(2, null, 'b'),
  ];
  expect([...sorted].reverse().sort(compareRows)).toEqual(sorted);
});

test('any order of the same rows sorts to the same sequence', () => {
  const ids = fc.option(fc.constantFrom('a', 'b', 'C', 'é'), { nil: null });
  const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 }), ids, ids), { selector: JSON.stringify });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (keys, dice) => {
      const made = keys.map((key) => row(...key));
      const shuffled = made.map((item) => ({ item, at: dice.next().value })).sort((a, b) => a.at - b.at);
      expect(shuffled.map(({ item }) => item).sort(compareRows)).toEqual([...made].sort(compareRows));
    }),
  );
});
