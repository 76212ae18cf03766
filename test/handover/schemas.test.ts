import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowFeed } from '../../src/handover/feeds/feed.js';
import { createFeed, type RowFeedName } from '../../src/handover/feeds/feeds.js';
import type { ReportRow } from '../../src/record/columns.js';
import { arbitraryRow, exampleRow } from '../../src/record/row.fixture.js';

/** The consumers' schemas, where this checkout has them beside it. */
const SCHEMAS = fileURLToPath(new URL('../../../shared/data/schemas', import.meta.url));
const OPTIONS = {
  producer: 'https://example.com/tracker',
  databaseName: null,
  lineage: 'given',
  ocsfVersion: '1.8.0',
} as const;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

const read = (path: string) => JSON.parse(readFileSync(`${SCHEMAS}/${path}`, 'utf8')) as Record<string, unknown>;

/** Validators of a line, by consumer; a run event is held against the schema of each of its facets, too. */
function validators(): Record<string, (line: string) => string | null> {
  for (const file of readdirSync(`${SCHEMAS}/openlineage/facets`)) ajv.addSchema(read(`openlineage/facets/${file}`));
  const openLineage = ajv.compile(read('openlineage/OpenLineage.json'));
  const ocsf = (version: string) => {
    const datastore = ajv.compile(read(`ocsf/datastore_activity-6005-${version}.schema.json`));
    const api = ajv.compile(read(`ocsf/api_activity-6003-${version}.schema.json`));
    return (line: string) => {
      const event = JSON.parse(line) as { class_uid: number };
      const validate = event.class_uid === 6005 ? datastore : api;
      return validate(event) ? null : ajv.errorsText(validate.errors);
    };
  };
  const dataHub = ajv.compile(read('datahub/sql-queries-line.schema.json'));
  return {
    openlineage: (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      if (!openLineage(event)) return ajv.errorsText(openLineage.errors);
      return (
        facetsOf(event)
          .map(([name, facet]) => {
            const id = String(facet._schemaURL).split('#')[0] ?? '';
            const validate = ajv.getSchema(id);
            if (!validate) return `no schema ${id}`;
            return validate({ [name]: facet }) ? null : `${name}: ${ajv.errorsText(validate.errors)}`;
          })
          .find((fault) => fault !== null) ?? null
      );
    },
    datahub: (line) => (dataHub(JSON.parse(line)) ? null : ajv.errorsText(dataHub.errors)),
    'ocsf-1.8.0': ocsf('1.8.0'),
    'ocsf-1.1.0': ocsf('1.1.0'),
  };
}

function facetsOf(value: unknown): [string, Record<string, unknown>][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): [string, Record<string, unknown>][] =>
    typeof member === 'object' && member !== null && '_schemaURL' in member
      ? [[name, member as Record<string, unknown>]]
      : facetsOf(member),
  );
}

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
