import type { SchemaElement } from 'hyparquet';
import { COLUMNS, type TypedColumn } from '../record/columns.js';

/**
 * The Parquet schema of a report, from the one table of columns, or of a file with others. Lists have three levels with an optional element, the
 * form that Hive, Athena and DuckDB all take for `array<string>`.
 */
export function parquetSchema(columns: readonly TypedColumn[] = COLUMNS): SchemaElement[] {
  return [{ name: 'report', num_children: columns.length }, ...columns.flatMap((column) => elementsOf(column))];
}

/** Key of the file's metadata that holds the CRC-32 of every byte before the footer. */
export const PAGES_CHECKSUM = 'athena-query-tracker.crc32';

function elementsOf({ name, type, nullable }: TypedColumn): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  switch (type) {
    case 'string':
      return [{ name, repetition_type, ...STRING }];
    case 'timestamp':
      return [
        {
          name,
          repetition_type,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        },
      ];
    case 'bigint':
      return [{ name, repetition_type, type: 'INT64' }];
    case 'int':
      return [{ name, repetition_type, type: 'INT32' }];
    case 'double':
      return [{ name, repetition_type, type: 'DOUBLE' }];
    case 'boolean':
      return [{ name, repetition_type, type: 'BOOLEAN' }];
    case 'list':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'OPTIONAL', ...STRING },
      ];
  }
}

const STRING = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
