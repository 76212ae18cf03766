import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';

interface Statement {
  readonly sql: string;
  readonly kind: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly metadata?: readonly string[];
  /** Unset, it is. */
  readonly complete?: boolean;
}

const AS_WRITTEN = { catalog: null, database: null, defaultCatalog: null };
const statements = readFileSync('test/sql/statements.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line): Statement => JSON.parse(line));

/** Written by hand, with what a reader of Athena's and Trino's grammar says of each. */
test.each(statements)('$sql', ({ sql, kind, reads, writes, metadata, complete = true }) => {
  const found = analyzeSql(sql, AS_WRITTEN, sha1);
  expect({ kind: found.kind, reads: found.tablesRead, writes: found.tablesWritten, complete: found.complete }).toEqual({
    kind,
    reads,
    writes,
    complete,
  });
  if (metadata !== undefined) expect(found.metadataTables).toEqual(metadata);
});
