import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommentTags } from './sql-comment.js';

const SAMPLES = new URL('../../../../shared/data/sql-comments.jsonl', import.meta.url);

interface Case {
  readonly comment: string;
  readonly app: string;
  readonly user: string | null;
  readonly context: Record<string, unknown>;
}

const CASES: readonly Case[] = [
  {
    comment:
      '/* Username: jo@acorn.example, query_id: 7, Queue: queries, Job ID: 1-2, Query Hash: 5f4d, Scheduled: False */',
    app: 'redash',
    user: 'jo@acorn.example',
    context: { query_id: '7', Queue: 'queries', 'Job ID': '1-2', 'Query Hash': '5f4d', Scheduled: 'False' },
  },
  {
    comment: '-- Username: jo@acorn.example, Task ID: 4c, Query ID: 12, Query Hash: 9e10, Scheduled: False -- ',
    app: 'redash',
    user: 'jo@acorn.example',
    context: { 'Task ID': '4c', 'Query ID': '12', 'Query Hash': '9e10', Scheduled: 'False' },
  },
  {
    comment: '-- Metabase:: userID: 5 queryType: native queryHash: 0a1b accountID: 3 dashboardID: 9',
    app: 'metabase',
    user: '5',
    context: { queryType: 'native', queryHash: '0a1b', accountID: '3', dashboardID: '9' },
  },
  {
    comment:
      '-- /* partner: "metabase", {"dashboard_id":1,"chart_id":2,"optional_user_id":5,"filter_values":{}} */ Metabase:: userID: 5',
    app: 'metabase',
    user: '5',
    context: { dashboard_id: 1, chart_id: 2, filter_values: {} },
  },
  {
    comment: '/* {"client":"Metabase","context":"ad-hoc","queryType":"query","userId":9,"cardId":1} */',
    app: 'metabase',
    user: '9',
    context: { client: 'Metabase', context: 'ad-hoc', queryType: 'query', cardId: 1 },
  },
  {
    comment: '-- [SQL LAB] ana 2026-05-01T10:11:12',
    app: 'superset',
    user: 'ana',
    context: { time: '2026-05-01T10:11:12' },
  },
  {
    comment: '/* chart_id: 1\ndataset_id: 2 */',
    app: 'superset',
    user: null,
    context: { chart_id: '1', dataset_id: '2' },
  },
  {
    comment: `-- Looker Query Context '{"user_id":6,"history_slug":"a","instance_slug":"b"}'`,
    app: 'looker',
    user: '6',
    context: { history_slug: 'a', instance_slug: 'b' },
  },
  {
    comment: `-- Looker Query Context '{"user_id":null,"history_slug":"a"}'`,
    app: 'looker',
    user: null,
    context: { user_id: null, history_slug: 'a' },
  },
  {
    comment:
      '-- {"user":"@jo","email":"jo@acorn.example","url":"https://app.mode.com/acorn/reports/1","scheduled":false}',
    app: 'mode',
    user: 'jo@acorn.example',
    context: { user: '@jo', url: 'https://app.mode.com/acorn/reports/1', scheduled: false },
  },
  {
    comment: '-- Hex query metadata: {"context":"SCHEDULED_RUN","user_email":"jo@acorn.example"}',
    app: 'hex',
    user: 'jo@acorn.example',
    context: { context: 'SCHEDULED_RUN' },
  },
  {
    comment: '-- Sigma Σ {"kind":"adhoc","user-id":"3Ty","email":"jo@acorn.example"}',
    app: 'sigma',
    user: 'jo@acorn.example',
    context: { kind: 'adhoc', 'user-id': '3Ty' },
  },
  {
    comment: '-- /* {"app": "dbt", "target_name": "prod", "node_id": "model.shop.orders"} */',
    app: 'dbt',
    user: null,
    context: { app: 'dbt', target_name: 'prod', node_id: 'model.shop.orders' },
  },
  {
    comment: '/* {"app": "OpenMetadata", "version": "1.2"} */',
    app: 'openmetadata',
    user: null,
    context: { app: 'OpenMetadata', version: '1.2' },
  },
  {
    comment: '/* QuickSight 4d6c8e1a-0000-4000-8000-000000000001 */',
    app: 'quicksight',
    user: null,
    context: { id: '4d6c8e1a-0000-4000-8000-000000000001' },
  },
  { comment: '/* SQLMESH_PLAN: 4b1d */', app: 'sqlmesh', user: null, context: { SQLMESH_PLAN: '4b1d' } },
  {
    comment: `/*action='%2Fparam*d',controller='it\\'s',n=2*/`,
    app: 'sqlcommenter',
    user: null,
    context: { action: '/param*d', controller: "it's", n: '2' },
  },
  {
    comment: '/* run in Deepnote by jo@acorn.example, https://deepnote.com/project/abc */',
    app: 'deepnote',
    user: 'jo@acorn.example',
    context: { url: 'https://deepnote.com/project/abc' },
  },
];

/** What people write into SQL without meaning a tool. */
const PROSE: readonly string[] = [
  '-- daily numbers for finance',
  '/* TODO: username: bob fixes this */',
  '-- Username: bob',
  '-- user = bob',
  "-- where name = 'bob'",
  '-- filter: x=1',
  '/* {"a": 1} */',
  '/* {"app": 5} */',
  '-- {"app": "two\\nlines"}',
  '-- metabase dashboard of ana',
  '-- copied from redash query 15',
  '-- the looker query context is odd',
  '/* chart_id: 4 is the one to look at */',
  '-- QuickSight is slow today',
  '--',
  '/**/',
  '/*+ BROADCAST(t) */',
  '-- {"user":"ceo","email":"ceo@acorn.example"}',
];

describe('comments of tools', () => {
  it.each(CASES)('reads $comment', ({ comment, app, user, context }) => {
    expect(readCommentTags([comment], [])).toEqual({ app, user, context });
    expect(readCommentTags([], [comment])).toEqual({ app, user, context });
  });

  it.each(PROSE)('takes %s for prose', (comment) => {
    expect(readCommentTags([comment], [])).toBeNull();
  });

  it('reads a comment without its markers', () => {
    expect(readCommentTags([' SQLMESH_PLAN: 4b1d '], [])?.app).toBe('sqlmesh');
  });

  it('keeps further tags in the context of the first', () => {
    const tag = readCommentTags(
      [
        '/* {"app": "dbt", "node_id": "n"} */',
        '/* --ELEMENTARY-METADATA-- {"command": "test"} --END-ELEMENTARY-METADATA-- */',
      ],
      ["/*traceparent='00-1-2-01'*/"],
    );
    expect(tag).toEqual({
      app: 'dbt',
      user: null,
      context: {
        app: 'dbt',
        node_id: 'n',
        elementary: { command: 'test' },
        sqlcommenter: { traceparent: '00-1-2-01' },
      },
    });
  });

  it('keeps members called __proto__ as data', () => {
    const tag = readCommentTags(['/* {"app": "dbt", "__proto__": {"x": 1}} */'], []);
    expect(tag?.app).toBe('dbt');
    expect(Object.keys(tag?.context ?? {})).toEqual(['app', '__proto__']);
  });

  it('answers every text without throwing, and within its size limit', () => {
    const bit = fc.constantFrom(
      '--',
      '/*',
      '*/',
      '{',
      '}',
      '"app"',
      ':',
      "'",
      ',',
      'Metabase::',
      'Username: ',
      'Query Hash: a',
      '=',
      '%',
      'User=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bit, fc.string())), (parts) => {
        const tag = readCommentTags([parts.join('')], []);
        expect(tag === null || tag.app.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(readCommentTags([`/* {"app": "dbt", "x": "${'y'.repeat(20_000)}"} */`], [])).toBeNull();
  });
});

describe.skipIf(!existsSync(SAMPLES))('collected samples (../shared/data/sql-comments.jsonl)', () => {
  const samples = existsSync(SAMPLES)
    ? readFileSync(SAMPLES, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Sample)
    : [];

  it.each(samples)('$tool: $sql_prefix_or_suffix_example', (sample) => {
    const comments = [...sample.sql_prefix_or_suffix_example.matchAll(/\/\*[\s\S]*?\*\/|--(?!-)[^\n]*/g)].map(
      ([text]) => text,
    );
    const tag = readCommentTags(comments, []);
    if (sample.position === 'none') {
      expect(tag).toBeNull();
      return;
    }
    expect(tag).not.toBeNull();
    expect(sample.tool.startsWith(tag?.app ?? '?')).toBe(true);
    if (sample.user !== null) expect(tag?.user).toBe(sample.user);
    expect(Object.keys(tag?.context ?? {})).toEqual(
      expect.arrayContaining(Object.keys(sample.fields).filter((key) => !/user/i.test(key))),
    );
  });
});

interface Sample {
  readonly tool: string;
  readonly position: string;
  readonly sql_prefix_or_suffix_example: string;
  readonly user: string | null;
  readonly fields: Record<string, unknown>;
}
