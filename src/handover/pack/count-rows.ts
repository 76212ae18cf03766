import type { ReportRow } from '../../record/columns.js';
import type { Population } from './pack-document.js';

/** Counts rows of a pack. Memory: an entry for each person, and for each way in which one was found. */
export function createCount() {
  const states = new Map<string, number>();
  const people = new Map<
    string,
    { -readonly [K in keyof Population['people'][number]]: Population['people'][number][K] }
  >();
  let rows = 0;
  return {
    add(row: ReportRow): void {
      rows++;
      states.set(row.state, (states.get(row.state) ?? 0) + 1);
      const { person, person_kind: kind, identity_method: method, identity_confidence: confidence } = row;
      const key = JSON.stringify([person, kind, method, confidence]);
      const known = people.get(key);
      if (known) known.rows++;
      else people.set(key, { person, kind, method, confidence, rows: 1 });
    },
    population: (): Population => ({
      rows,
      states: Object.fromEntries([...states].sort(([a], [b]) => (a < b ? -1 : 1))),
      people: [...people]
        .sort(([a, { rows: left }], [b, { rows: right }]) => right - left || (a < b ? -1 : 1))
        .map(([, one]) => one),
    }),
  };
}
