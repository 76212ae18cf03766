import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { loadZstd } from './zstd.js';

/** A column of records: a value, a list of values, or a group of columns, which may repeat. */
export type NestedField =
  | { readonly name: string; readonly type: 'string' | 'int' | 'long' | 'double' | 'boolean' | 'strings' }
  | { readonly name: string; readonly fields: readonly NestedField[]; readonly isList?: boolean };

/** What a record may hold; members that a field does not name are an error. */
export type NestedRecord = Readonly<Record<string, unknown>>;

/**
 * Encodes records as one Parquet file, zstd, all columns whether anybody fills them or not: a reader that learns its schema from one
 * file finds the same in every other. For records that fit into memory.
 * @throws TypeError naming a member that has no column, or is not what its column holds
 */
export async function encodeNestedParquet(
  fields: readonly NestedField[],
  records: readonly NestedRecord[],
): Promise<Uint8Array> {
  const zstd = await loadZstd();
  const writer = new ByteWriter(64 * 1024);
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: fields.length }, ...fields.flatMap(elementsOf)],
    codec: 'ZSTD',
    compressors: { ZSTD: zstd.compress },
    createdBy: 'athena-query-tracker version 1',
  });
  const converted = records.map((record) => groupOf(fields, record, ''));
  const columnData = fields.map(({ name }) => ({ name, data: converted.map((record) => record[name]) }));
  if (records.length > 0) parquet.write({ columnData, rowGroupSize: records.length });
  parquet.finish();
  return writer.getBytes().slice();
}

const STRING = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const TYPES = { int: 'INT32', long: 'INT64', double: 'DOUBLE', boolean: 'BOOLEAN' } as const;

function elementsOf(field: NestedField): SchemaElement[] {
  const { name } = field;
  const repetition_type = 'OPTIONAL';
  const list = (element: SchemaElement[]): SchemaElement[] => [
    { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
  if ('fields' in field) {
    const group = (named: string): SchemaElement[] => [
      { name: named, repetition_type, num_children: field.fields.length },
      ...field.fields.flatMap(elementsOf),
    ];
    return field.isList ? list(group('element')) : group(name);
  }
  if (field.type === 'strings') return list([{ name: 'element', repetition_type, ...STRING }]);
  return [{ name, repetition_type, ...(field.type === 'string' ? STRING : { type: TYPES[field.type] }) }];
}

function groupOf(fields: readonly NestedField[], value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${path || 'a record'} is no group of columns`);
  const record = value as NestedRecord;
  const unknown = Object.keys(record).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) throw new TypeError(`${path}${unknown} has no column`);
  return Object.fromEntries(fields.map((field) => [field.name, cellOf(field, record[field.name], path)]));
}

function cellOf(field: NestedField, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return null;
  const own = `${path}${field.name}`;
  if ('fields' in field) {
    if (!field.isList) return groupOf(field.fields, value, `${own}.`);
    if (!Array.isArray(value)) throw new TypeError(`${own} is no list`);
    return value.map((member) => groupOf(field.fields, member, `${own}.`));
  }
  if (field.type === 'long' && Number.isSafeInteger(value)) return BigInt(value as number);
  const isRight =
    field.type === 'strings'
      ? Array.isArray(value) && value.every((member) => typeof member === 'string')
      : field.type === 'int'
        ? Number.isInteger(value)
        : typeof value === (field.type === 'double' ? 'number' : field.type);
  if (!isRight) throw new TypeError(`${own} is no ${field.type}: ${JSON.stringify(value)}`);
  return value;
}
