import { expect, test } from 'vitest';
import { sha1 } from '../tree/sha1.js';
import { createSqlReader } from './reader.js';

const CONTEXT = { catalog: null, database: 'db' };

test('a reader answers the same text in the same context from memory', () => {
  const read = createSqlReader(3, sha1);
  const first = read('select * from t', CONTEXT);
  expect(read('select * from t', CONTEXT)).toBe(first);
  expect(read('select * from t', { ...CONTEXT, defaultCatalog: null }).tablesRead).toEqual(['db.t']);
  expect(read('select * from t', CONTEXT).tablesRead).toEqual(['awsdatacatalog.db.t']);
  expect(read('select * from t', { ...CONTEXT, database: 'other' }).tablesRead).toEqual(['awsdatacatalog.other.t']);
});

test('a reader forgets what was not asked for longest, and never keeps more than its capacity', () => {
  const read = createSqlReader(2, sha1);
  const one = read('select 1 from one', CONTEXT);
  read('select 1 from two', CONTEXT);
  read('select 1 from one', CONTEXT);
  const two = read('select 1 from two', CONTEXT);
  read('select 1 from three', CONTEXT);
  expect(read('select 1 from two', CONTEXT)).toBe(two);
  expect(read('select 1 from one', CONTEXT)).not.toBe(one);
});
