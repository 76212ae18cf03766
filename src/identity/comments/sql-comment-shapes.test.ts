import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommentTags } from './sql-comment.js';

/** The same tools as sites configure them: other keys, other orders, other places, other quotes. */
const SHAPES: readonly (readonly [
  comment: string,
  app: string,
  user: string | null,
  context: Record<string, unknown>,
])[] = [
  // A value may hold the comma that parts the list; a hash need not be hexadecimal.
  [
    '/* Username: Lind, Åsa, query_id: adhoc, Job ID: j-1, Query Hash: q-hash, Scheduled: False */',
    'redash',
    'Lind, Åsa',
    { query_id: 'adhoc', 'Job ID': 'j-1', 'Query Hash': 'q-hash', Scheduled: 'False' },
  ],
  [
    '/* Query Hash: 7a, Scheduled: True, Queue: scheduled_queries, query_id: 8, Username: Scheduled */',
    'redash',
    null,
    { 'Query Hash': '7a', Scheduled: 'True', Queue: 'scheduled_queries', query_id: '8' },
  ],
  [
    '-- Metabase:: pulseId: 3 userID: 12 queryType: native queryHash: 77',
    'metabase',
    '12',
    { pulseId: '3', queryType: 'native', queryHash: '77' },
  ],
  [
    '-- /* partner: "metabase", {"chart_id":2,"optional_user_id":5} */ Metabase:: userID: 5 queryType: MBQL queryHash: 9c',
    'metabase',
    '5',
    { chart_id: 2, queryType: 'MBQL', queryHash: '9c' },
  ],
  ['-- [SQL LAB] None 2026-05-01T10:11:12', 'superset', null, { time: '2026-05-01T10:11:12' }],
  ['-- [SQL LAB] Åsa Lind 2026-05-01T10:11:12', 'superset', 'Åsa Lind', { time: '2026-05-01T10:11:12' }],
  ['-- [Superset] asa 2026-05-01 10:11', 'superset', 'asa', { time: '2026-05-01 10:11' }],
  // Without blanks it is a list all the same, and an address may be URL-encoded.
  ["/*app='superset',user='asa%40acme.example',chart='4'*/", 'superset', 'asa@acme.example', { chart: '4' }],
  ['/* Superset: user=asa, dashboard_id=12, slice_id=4 */', 'superset', 'asa', { dashboard_id: '12', slice_id: '4' }],
  ['-- Grafana user: asa', 'grafana', 'asa', {}],
  [
    '-- {"source": "Power BI", "user": "asa@acorn.example", "report": 7}',
    'powerbi',
    'asa@acorn.example',
    { source: 'Power BI', report: 7 },
  ],
  ["/* {'app': 'dbt', 'node_id': None, 'user': \"o'neil\"} */", 'dbt', "o'neil", { app: 'dbt', node_id: null }],
  ['/* run by asa in dbt */', 'dbt', 'asa', {}],
  ['-- /* executed by dbt */', 'dbt', null, {}],
  ['/* dbt */', 'dbt', null, {}],
  ['/* {"dbt_version": "1.7.1", "user": "asa"} */', 'dbt', 'asa', { dbt_version: '1.7.1' }],
  [
    '/* {"application": "acorn-reports", "requested_by": {"id": 4, "email": "asa@acorn.example"}} */',
    'acorn-reports',
    'asa@acorn.example',
    {
      application: 'acorn-reports',
      requested_by: { id: 4, email: 'asa@acorn.example' },
    },
  ],
  ['-- qtag:acorn {"user": "asa"}', 'acorn', 'asa', {}],
  [
    '/* { "tableau-query-origins": { "user-luid": "9f", "workbook-luid": "w" } } */',
    'tableau',
    '9f',
    { 'workbook-luid': 'w' },
  ],
  [
    '-- {"project_uuid":"2","user_uuid":"b2","query_context":"exploreView"}',
    'lightdash',
    'b2',
    {
      project_uuid: '2',
      query_context: 'exploreView',
    },
  ],
  [
    '-- {"email":"asa@acorn.example","project_url":"https://app.hex.tech/acorn/hex/1"}',
    'hex',
    'asa@acorn.example',
    {
      project_url: 'https://app.hex.tech/acorn/hex/1',
    },
  ],
  ['-- {"userId":"7c","roleType":"viewer","workbookId":"w"}', 'astrato', '7c', { roleType: 'viewer', workbookId: 'w' }],
  ['/* {"dag_id": "d", "task_id": "t"} */', 'airflow', null, { dag_id: 'd', task_id: 't' }],
  ['-- dag_id=d, task_id=t, run_id=manual', 'airflow', null, { dag_id: 'd', task_id: 't', run_id: 'manual' }],
  [
    '/*query_id=20260501_101112_00001_abcde user=asa,source=cli*/',
    'trino',
    'asa',
    {
      queryId: '20260501_101112_00001_abcde',
      source: 'cli',
    },
  ],
  [
    "/*dddbs='db',ddps='shop',\n ddtag='env:lab',traceparent='00-1-2-01'*/",
    'datadog',
    null,
    {
      dddbs: 'db',
      ddps: 'shop',
      ddtag: 'env:lab',
      traceparent: '00-1-2-01',
    },
  ],
  [
    '/*application:Shop,controller:orders,action:show*/',
    'marginalia',
    null,
    {
      application: 'Shop',
      controller: 'orders',
      action: 'show',
    },
  ],
  [
    "/*application='Shop',user_email='asa%40acorn.example'*/",
    'sqlcommenter',
    'asa@acorn.example',
    { application: 'Shop' },
  ],
];

const PROSE: readonly string[] = [
  '/*\n * Author: asa@acorn.example\n * Ticket: DATA-1\n */',
  '-- Tableau workbook: Sales',
  '-- dbt: TODO: sort',
  '-- mode: append',
  '-- count: 5',
  '-- superset of orders',
  '-- run by asa every monday',
  '-- executed by airflow daily',
  '-- @user: asa',
  '-- username: bob, role: admin',
  "-- and country='DE'",
  '-- {"source": "s3", "user": "asa"}',
  '-- query 20260501_101112_00001_abcde failed for user: bob',
  '-- see https://deepnote.com/project/x, ask asa@acorn.example',
  '-- note: https://app.mode.com/acorn/reports/1',
  '-- [INFO] load of 2026-05-01',
];

describe('comments of tools as sites configure them', () => {
  it.each(SHAPES)('reads %s', (comment, app, user, context) => {
    expect(readCommentTags([comment], [])).toEqual({ app, user, context });
    expect(readCommentTags([], [comment])).toEqual({ app, user, context });
  });

  it.each(PROSE)('takes %s for prose', (comment) => {
    expect(readCommentTags([comment], [])).toBeNull();
  });

  it('reads members in any order', () => {
    const members = { app: 'acorn', user_id: 7, Username: 'asa', email: 'asa@acorn.example', dashboard: 4 };
    const pairs = ['Username: asa@acorn.example', 'query_id: 7', 'Queue: queries', 'Job ID: 1', 'Query Hash: ab'];
    const shuffled = fc.tuple(
      fc.shuffledSubarray(Object.entries(members), { minLength: 5 }),
      fc.shuffledSubarray(pairs, { minLength: 5 }),
      fc.constantFrom(', ', ',', ',  ', '\n', '; '),
    );
    fc.assert(
      fc.property(shuffled, ([entries, list, between]) => {
        const json = readCommentTags([`/* ${JSON.stringify(Object.fromEntries(entries))} */`], []);
        expect(json).toMatchObject({
          app: 'acorn',
          user: 'asa@acorn.example',
          context: { user_id: 7, Username: 'asa' },
        });
        const redash = readCommentTags([], [`/*${list.join(between)}*/`]);
        expect(redash).toMatchObject({ app: 'redash', user: 'asa@acorn.example', context: { 'Query Hash': 'ab' } });
      }),
    );
  });

  it('reads line comments that belong together as one text', () => {
    expect(readCommentTags(['-- Superset:', '-- user: asa', '-- dashboard_id: 4'], [])).toEqual({
      app: 'superset',
      user: 'asa',
      context: { dashboard_id: '4' },
    });
  });

  it.each(['none', 'null', 'Anonymous', 'schedule', ' '])('takes %j for nobody', (user) => {
    expect(readCommentTags([`/* ${JSON.stringify({ app: 'x', user })} */`], [])?.user).toBeNull();
  });
});

describe('several comments of tools', () => {
  const redash = (user: string) => `/* Username: ${user}, query_id: 1, Query Hash: ab */`;
  const mode = (user: string) => `-- {"user":"@${user}","url":"https://app.mode.com/acorn/reports/1"}`;

  it('let the outer one count: a user may have written the inner one', () => {
    expect(readCommentTags([redash('asa'), redash('ceo')], [])).toMatchObject({ app: 'redash', user: 'asa' });
    expect(readCommentTags([], [mode('ceo'), mode('asa')])).toMatchObject({ app: 'mode', user: '@asa' });
    expect(readCommentTags([redash('Scheduled'), redash('ceo')], [])?.user).toBeNull();
  });

  it('name nobody where the first and the last contradict each other', () => {
    expect(readCommentTags([mode('ceo')], [mode('asa')])).toMatchObject({ app: 'mode', user: null });
    expect(readCommentTags([mode('asa')], [mode('asa')])).toMatchObject({ app: 'mode', user: '@asa' });
  });

  it('do not lend the user of one tool to another', () => {
    expect(readCommentTags(['/* {"app": "dbt"} */', redash('ceo')], [])).toMatchObject({
      app: 'dbt',
      user: null,
      context: { redash: { user: 'ceo' } },
    });
  });

  it('put tools before tracers', () => {
    expect(readCommentTags(["/*dddbs='db',ddps='shop'*/", redash('asa')], ["/*traceparent='00-1-2-01'*/"])).toEqual({
      app: 'redash',
      user: 'asa',
      context: {
        query_id: '1',
        'Query Hash': 'ab',
        datadog: { dddbs: 'db', ddps: 'shop' },
        sqlcommenter: { traceparent: '00-1-2-01' },
      },
    });
  });

  it('join what one tool writes in several', () => {
    expect(readCommentTags(['-- chart_id: 1', '-- [SQL LAB] asa 2026-05-01T10:11:12'], [])).toEqual({
      app: 'superset',
      user: 'asa',
      context: { chart_id: '1', time: '2026-05-01T10:11:12' },
    });
  });
});
