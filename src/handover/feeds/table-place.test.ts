import { expect, it } from 'vitest';
import { readTablePlace } from './table-place.js';

it.each([
  ['awsdatacatalog.sales.orders', { kind: 'table', catalog: 'awsdatacatalog', database: 'sales', table: 'orders' }],
  ['sales."a.b"', { kind: 'table', catalog: null, database: 'sales', table: 'a.b' }],
  ['c."d""e".t', { kind: 'table', catalog: 'c', database: 'd"e', table: 't' }],
  ['orders', { kind: 'table', catalog: null, database: null, table: 'orders' }],
  ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', key: 'a/b' }],
  ['s3://bucket', { kind: 's3', bucket: 'bucket', key: '' }],
])('takes %s apart', (name, place) => {
  expect(readTablePlace(name)).toEqual(place);
});
