import { describe, expect, it } from 'vitest';
import { analyzeSql } from '../../sql/analyze.js';
import { sha1 } from '../../tree/sha1.js';
import { readCommentTags } from './sql-comment.js';

function tagOf(sql: string): readonly [string, string | null] | null {
  const { leadingComments, trailingComments } = analyzeSql(
    sql,
    {
      catalog: null,
      database: null,
      defaultCatalog: null,
    },
    sha1,
  );
  const tag = readCommentTags(leadingComments, trailingComments);
  return tag && [tag.app, tag.user];
}

const REDASH = '/* Username: jo@acorn.example, query_id: 7, Query Hash: 5f4d */';
const JO = ['redash', 'jo@acorn.example'];
const METABASE = '-- Metabase:: userID: 3 queryType: MBQL queryHash: 0f1e\n';

describe('a comment inside of a wrapper', () => {
  it.each([
    `CREATE TABLE "db"."t" WITH (format = 'PARQUET') AS ${REDASH} SELECT a FROM t`,
    `CREATE TABLE t AS (${REDASH} SELECT a FROM t) WITH NO DATA`,
    `CREATE OR REPLACE VIEW v AS ${REDASH} SELECT a FROM t`,
    `UNLOAD (${REDASH} SELECT a FROM t) TO 's3://b/x' WITH (format = 'PARQUET')`,
    `UNLOAD (SELECT a FROM t ${REDASH}) TO 's3://b/x' WITH (format = 'PARQUET')`,
    `PREPARE p FROM ${REDASH} SELECT a FROM t`,
    `PREPARE p FROM UNLOAD (${REDASH} SELECT 1) TO 's3://b/x' WITH (format = 'PARQUET')`,
    `EXPLAIN ${REDASH} SELECT a FROM t`,
    `EXPLAIN ANALYZE ${REDASH} SELECT a FROM t`,
    `EXPLAIN (FORMAT JSON) ${REDASH} SELECT a FROM t`,
    `INSERT INTO t (a, b) ${REDASH} SELECT a, b FROM s`,
    `INSERT INTO t ${REDASH} WITH x AS (SELECT 1) SELECT * FROM x`,
  ])('is read: %s', (sql) => expect(tagOf(sql)).toEqual(JO));

  it('yields to the outer one', () => {
    expect(tagOf(`${METABASE}CREATE TABLE t AS ${REDASH} SELECT 1`)).toEqual(['metabase', '3']);
    expect(tagOf(`EXPLAIN ${REDASH} SELECT 1 -- Metabase:: userID: 3 queryType: MBQL queryHash: 0f1e`)).toEqual(JO);
  });

  it('is not looked for in the middle of a query', () => {
    expect(tagOf(`SELECT a FROM (${REDASH} SELECT b FROM t) x`)).toBeNull();
    expect(tagOf(`SELECT a ${REDASH} FROM t`)).toBeNull();
    expect(tagOf(`CREATE TABLE t ${REDASH} (a int)`)).toBeNull();
  });
});

describe('forms met in public', () => {
  it.each([
    ['-- user: ana\n-- dashboard_id: 12\n-- chart_id: 9\nSELECT 1', 'superset', 'ana'],
    ['-- app: superset, user: ana\nSELECT 1', 'superset', 'ana'],
    ["/* app='acme-portal', user='ana@acme.example' */ SELECT 1", 'acme-portal', 'ana@acme.example'],
    ['-- superset_user=ana\nSELECT 1', 'superset', 'ana'],
    ['-- superset_username: ana, chart_id: 5\nSELECT 1', 'superset', 'ana'],
    ['/* username: ana, source: Superset */ SELECT 1', 'superset', 'ana'],
    ['-- [SQL LAB] ana 2024-05-01T10:11:12.131415\nSELECT 1', 'superset', 'ana'],
    ['/* partner: ThoughtSpot */ select 1', 'thoughtspot', null],
    ['select 1 /* {"type":"ANSWER","vizId":"y","userId":"u-1","requestId":"r"} */', 'thoughtspot', 'u-1'],
    ['-- /* dbt 1.9.4: running model.shop.orders for target prod */\nselect 1', 'dbt', null],
    ['/* executed by dbt */ select 1', 'dbt', null],
    ['-- executed by dbt 1.8.2\nselect 1', 'dbt', null],
    ['/* executed by dbt: node_id=model.shop.orders, user=ana */ select 1', 'dbt', 'ana'],
    ['/* {"dbt": {"version": "1.9", "node_id": "model.a.b", "user": "ana"}} */ select 1', 'dbt', 'ana'],
    ['-- {\n--   "app": "dbt",\n--   "node_id": "model.a.b"\n-- }\nselect 1', 'dbt', null],
    [
      '-- Building persistent derived table shop::daily in dev mode on instance 0a1b\nCREATE TABLE x AS (SELECT 1)',
      'looker',
      null,
    ],
    ['-- generate derived table daily\nCREATE TABLE x AS SELECT 1', 'looker', null],
    ['-- grafana dashboard=Stock, user=$__user\nselect 1', 'grafana', null],
    ['/* Username: {{ user }}, query_id: 7, Query Hash: 5f */ select 1', 'redash', null],
    ['/* Username: <ApiUser 5>, query_id: 7, Query Hash: 5f */ select 1', 'redash', null],
    ['/* Superset: user=AnonymousUserMixin, dashboard_id=12 */ select 1', 'superset', null],
  ])('%s', (sql, app, user) => expect(tagOf(sql)).toEqual([app, user]));

  it('one line that names its user is a comment of its own: what follows may be the user’s', () => {
    expect(tagOf(`${METABASE}-- user_email: ceo@acorn.example\nSELECT 1`)).toEqual(['metabase', '3']);
  });

  it.each([
    'SELECT a FROM t WHERE x=1\n-- dataset_id = 5',
    'SELECT a FROM t WHERE x=1\n-- dataset_id=5',
    'SELECT a FROM t\n-- dataset_id = 5\n-- chart_id = 3',
    "SELECT a FROM t WHERE x=1\n-- job='nightly'",
    "SELECT a FROM t WHERE x=1 -- tag='prod'",
    "SELECT a FROM t\n-- job='nightly', tag='prod'",
    "SELECT a FROM t WHERE 1=1\n-- AND user = 'ana'",
    "-- app = 'x', user = 'ana'\nSELECT 1",
    "SELECT 1 /* tag='prod' */",
    '-- source: tableau\nSELECT 1',
    '-- system: prod, owner: ana\nSELECT 1',
    '-- executed by airflow daily\nSELECT 1',
    '-- finished orders\nSELECT 1',
  ])('a commented-out condition or a note is no tool: %s', (sql) => expect(tagOf(sql)).toBeNull());
});
