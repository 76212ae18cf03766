import { describe, expect, it } from 'vitest';
import { complete, completionsOf } from './sql-names.js';

const VIEWS = [
  { name: 'queries', columns: ['person', 'person_kind', 'workgroup', 'query'] },
  { name: 'hours', columns: ['report_date', 'hour', 'pending'] },
];
const at = (text: string) => completionsOf(text.replace('|', ''), text.indexOf('|'), VIEWS);

describe('completions in the console', () => {
  it('are views, and columns of the views that are named', () => {
    expect(at('SELECT pe| FROM queries')).toEqual(['person', 'person_kind']);
    expect(at('SELECT * FROM qu|')).toEqual(['queries', 'query']);
    expect(at('SELECT PE|')).toEqual(['pending', 'person', 'person_kind']);
    expect(at('SELECT * FROM hours WHERE our|')).toEqual(['hour', 'hours']);
  });

  it.each([
    'SELECT p|',
    'SELECT per|son FROM queries',
    "SELECT 1 WHERE x = 'per|'",
    'SELECT 1 -- per|',
    'SELECT 1 |',
    'SELECT nothing_like_it|',
  ])('are none in %s', (text) => {
    expect(at(text)).toEqual([]);
  });

  it('take the place of what was typed', () => {
    expect(complete('SELECT pe FROM queries', 9, 'person')).toEqual({ sql: 'SELECT person FROM queries', cursor: 13 });
  });
});
