import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowFeed } from '../../src/handover/feeds/feed.js';
import { createFeed, type RowFeedName } from '../../src/handover/feeds/feeds.js';
import type { ReportRow } from '../../src/record/columns.js';
import { arbitraryRow, exampleRow } from '../../src/record/row.fixture.js';
import { SCHEMAS, validators } from './consumer-schemas.js';

const OPTIONS = {
  producer: 'https://example.com/tracker',
  databaseName: null,
  lineage: 'given',
  ocsfVersion: '1.8.0',
} as const;

const linesOf = (feed: RowFeed, row: ReportRow) => {
  const record = feed.encode(row);
  return 'lines' in record ? record.lines : [];
};

const rows: ReportRow[] = [
  exampleRow(),
  exampleRow({ state: 'FAILED', error_message: "no such column 'x'", error_code: 'SYNTAX_ERROR' }),
  exampleRow({ state: 'REFUSED', query_execution_id: null, query: null, error_code: 'AccessDenied', end_time: null }),
  exampleRow({ tables_read: null, tables_written: null, source_ip: 'athena.amazonaws.com', person: null }),
  exampleRow({
    tables_read: ['awsdatacatalog.sales."a.b"'],
    tables_written: ['s3://bucket/out/'],
    person_kind: 'agent',
  }),
  exampleRow({ engine_version: null, workgroup: null, fingerprint: null, total_ms: null }),
];

describe.skipIf(!existsSync(SCHEMAS))('records of each consumer', () => {
  const validate = existsSync(SCHEMAS) ? validators() : {};
  const feeds: [string, RowFeed][] = [
    ...(['openlineage', 'datahub'] as const).map((name): [string, RowFeed] => [name, createFeed(name, OPTIONS)]),
    ...(['1.8.0', '1.1.0'] as const).map((version): [string, RowFeed] => [
      `ocsf-${version}`,
      createFeed('ocsf', { ...OPTIONS, ocsfVersion: version }),
    ]),
  ];

  it.each(feeds)('follow its schema: %s', (name, feed) => {
    for (const row of rows) for (const line of linesOf(feed, row)) expect(validate[name]?.(line)).toBeNull();
  });

  it.each(feeds)('follow its schema whatever a row holds: %s', (name, feed) => {
    fc.assert(
      fc.property(arbitraryRow(), (row) => {
        const state = row.start_time % 2 === 0 ? 'SUCCEEDED' : 'FAILED';
        const sane = { ...row, state, query_execution_id: exampleRow().query_execution_id };
        for (const line of linesOf(feed, { ...exampleRow(), ...pick(sane) })) expect(validate[name]?.(line)).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it.each(feeds)('would not pass with a fault: %s', (name, feed) => {
    const [line = '{}'] = linesOf(feed, exampleRow());
    const broken = {
      ...(JSON.parse(line) as object),
      query: 7,
      class_uid: 6005,
      time: 'yesterday',
      run: { runId: 'no' },
    };
    expect(validate[name]?.(JSON.stringify(broken))).not.toBeNull();
  });
});

/** Texts, which people and queries choose; ids, times and places come from AWS. */
function pick({ person, username, query, app, app_user, workgroup, error_message, tables_read, state }: ReportRow) {
  return { person, username, query, app, app_user, workgroup, error_message, tables_read, state };
}

/** Names of feeds that this file forgets would go unchecked. */
it('knows every consumer whose records are JSON with a schema', () => {
  const checked: readonly RowFeedName[] = ['openlineage', 'datahub', 'ocsf'];
  expect(checked.every((name) => createFeed(name, OPTIONS).extension === 'ndjson')).toBe(true);
});
