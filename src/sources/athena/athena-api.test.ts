import { describe, expect, it } from 'vitest';
import type { ListedExecutions } from '../../ports/execution-source.js';
import { CredentialsExpired } from '../aws/aws-failure.js';
import { awsError, createTestClock } from '../lookup/lookup-history.fixture.js';
import { createAthenaApi } from './athena-api.js';
import type { AthenaCalls } from './athena-calls.js';
import { createAthenaLister } from './athena-lister.js';
import { createAthenaPacers } from './athena-pacers.js';

const execution = (id: string) => ({ QueryExecutionId: id, Query: `SELECT '${id}'`, Status: { State: 'SUCCEEDED' } });
const unprocessed = (id: string, code: string, message = '') => ({ id, code, message });
const notFound = (id: string) =>
  Object.assign(awsError('InvalidRequestException'), {
    AthenaErrorCode: 'QUERY_EXECUTION_NOT_FOUND',
    message: `QueryExecution ${id} was not found`,
  });

const never = () => Promise.reject(new Error('not expected'));
const NO_CALLS: AthenaCalls = {
  ...{ batchGet: never, get: never, getPrepared: never, listWorkGroups: never, listExecutions: never },
};

function open(calls: Partial<AthenaCalls>) {
  const clock = createTestClock();
  const random = () => 0.5;
  const options = {
    calls: { ...NO_CALLS, ...calls },
    pacers: createAthenaPacers({ clock, random }),
    accountId: '111122223333',
    region: 'eu-west-1',
    clock,
    random,
  };
  return { api: createAthenaApi(options), lister: createAthenaLister(options), clock };
}

/** Outcomes by id, in the order of the ids. */
async function outcomes(calls: Partial<AthenaCalls>, ids: readonly string[]) {
  const answers = await open(calls).api.fetch(ids);
  expect(answers).toHaveLength(new Set(ids).size);
  return Object.fromEntries(
    [...answers]
      .sort((a, b) => (a.queryExecutionId < b.queryExecutionId ? -1 : 1))
      .map((each) => [each.queryExecutionId, each.outcome]),
  );
}

describe('createAthenaApi', () => {
  it('asks for 50 ids a call and answers each id once, in whatever order they come back', async () => {
    const sizes: number[] = [];
    const { api } = open({
      batchGet: async (ids) => {
        sizes.push(ids.length);
        return { executions: [...ids].reverse().map(execution), unprocessed: [] };
      },
    });
    const ids = Array.from({ length: 120 }, (_, index) => `q-${index}`);
    const answers = await api.fetch([...ids, 'q-0']);
    expect(sizes).toEqual([50, 50, 20]);
    expect(answers.map(({ queryExecutionId }) => queryExecutionId).sort()).toEqual([...ids].sort());
    expect(answers[0]).toMatchObject({
      outcome: 'found',
      origin: 'athena',
      execution: { query: expect.stringContaining('SELECT') },
    });
    expect(api.account()).toMatchObject({ kind: 'athena-api', region: 'eu-west-1', counts: { calls: 3, found: 120 } });
    expect(await api.fetch([])).toEqual([]);
  });

  it('asks again for ids that an answer forgets or leaves unprocessed for a while', async () => {
    let round = 0;
    const batchGet: AthenaCalls['batchGet'] = async (ids) => {
      round += 1;
      if (round === 1)
        return {
          executions: [execution('a'), execution('stranger')],
          unprocessed: [unprocessed('b', 'ThrottlingException')],
        };
      expect([...ids].sort()).toEqual(['b', 'c']);
      return { executions: [...ids].map(execution), unprocessed: [] };
    };
    expect(await outcomes({ batchGet }, ['a', 'b', 'c'])).toEqual({ a: 'found', b: 'found', c: 'found' });
  });

  it('believes the words it knows about unprocessed ids, and asks alone about the others', async () => {
    const batchGet: AthenaCalls['batchGet'] = async () => ({
      executions: [],
      unprocessed: [
        unprocessed('a', 'NOT_FOUND'),
        unprocessed('b', '', 'QueryExecution b was not found'),
        unprocessed('c', 'ACCESS_DENIED', 'no'),
        unprocessed('d', 'WHO_KNOWS', 'hm'),
        unprocessed('e', 'WHO_KNOWS', 'hm'),
        unprocessed('f', 'WHO_KNOWS', 'hm'),
      ],
    });
    const get: AthenaCalls['get'] = async (id) => {
      if (id === 'd') throw notFound(id);
      if (id === 'e') throw awsError('AccessDeniedException');
      return execution(id);
    };
    expect(await outcomes({ batchGet, get }, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual({
      a: 'not_found',
      b: 'not_found',
      c: 'denied',
      d: 'not_found',
      e: 'denied',
      f: 'found',
    });
  });

  it('answers pending when an id stays throttled, without asking for ever', async () => {
    let calls = 0;
    const batchGet: AthenaCalls['batchGet'] = async (ids) => {
      calls += 1;
      return { executions: [], unprocessed: ids.map((id) => unprocessed(id, 'ThrottlingException', 'Rate exceeded')) };
    };
    expect(await outcomes({ batchGet }, ['a', 'b'])).toEqual({ a: 'pending', b: 'pending' });
    expect(calls).toBe(5);
    const throttled = () => Promise.reject(awsError('ThrottlingException'));
    expect(await outcomes({ batchGet: throttled }, ['a'])).toEqual({ a: 'pending' });
  });

  it('lets one forbidden workgroup, or one odd id, not deny the others', async () => {
    for (const name of ['AccessDeniedException', 'InvalidRequestException']) {
      const get: AthenaCalls['get'] = async (id) =>
        id === 'bad' ? Promise.reject(awsError('AccessDeniedException')) : execution(id);
      expect(await outcomes({ batchGet: () => Promise.reject(awsError(name)), get }, ['bad', 'a', 'b'])).toEqual({
        a: 'found',
        b: 'found',
        bad: 'denied',
      });
    }
  });

  it('asks alone for an id that no answer ever mentions', async () => {
    const batchGet: AthenaCalls['batchGet'] = async () => ({ executions: [], unprocessed: [] });
    expect(await outcomes({ batchGet, get: async (id) => execution(id) }, ['a'])).toEqual({ a: 'found' });
  });

  it('tries again when Athena fails for a moment, and throws when it does not answer at all or the credentials end', async () => {
    let calls = 0;
    const batchGet: AthenaCalls['batchGet'] = async (ids) => {
      calls += 1;
      if (calls < 4) throw awsError('InternalServerException', 500);
      return { executions: ids.map(execution), unprocessed: [] };
    };
    expect(await outcomes({ batchGet }, ['a'])).toEqual({ a: 'found' });
    const failing = (name: string, status: number) =>
      open({ batchGet: () => Promise.reject(awsError(name, status)) }).api.fetch(['a']);
    await expect(failing('InternalServerException', 500)).rejects.toThrow('InternalServerException');
    await expect(failing('ExpiredTokenException', 400)).rejects.toThrow(CredentialsExpired);
  });

  it('keeps the documented pace', async () => {
    const { api, clock } = open({ batchGet: async (ids) => ({ executions: ids.map(execution), unprocessed: [] }) });
    const began = clock.now();
    await api.fetch(Array.from({ length: 5000 }, (_, index) => `q-${index}`));
    expect(clock.now() - began).toBeGreaterThanOrEqual(9900);
    expect(clock.now() - began).toBeLessThan(10_300);
  });
});

describe('createAthenaLister', () => {
  const list = async (calls: Partial<AthenaCalls>, cursor?: unknown) => {
    const all: ListedExecutions[] = [];
    for await (const part of open(calls).lister.list({ since: 0, cursor })) all.push(part);
    return all;
  };
  const listWorkGroups: AthenaCalls['listWorkGroups'] = async (token) =>
    token === null ? { names: ['primary', 'secret'], nextToken: '2' } : { names: ['etl'], nextToken: null };

  it('lists all pages of all workgroups, and says which it may not list', async () => {
    const listExecutions: AthenaCalls['listExecutions'] = async (workGroup, token) => {
      if (workGroup === 'secret') throw awsError('AccessDeniedException');
      return token === null
        ? { names: [`${workGroup}-1`], nextToken: 'more' }
        : { names: [`${workGroup}-2`], nextToken: null };
    };
    expect(await list({ listWorkGroups, listExecutions })).toMatchObject([
      { workGroup: 'primary', ids: ['primary-1'], failure: null },
      { workGroup: 'primary', ids: ['primary-2'], failure: null },
      { workGroup: 'secret', ids: [], failure: expect.stringContaining('AccessDenied') },
      { workGroup: 'etl', ids: ['etl-1'], failure: null },
      { workGroup: 'etl', ids: ['etl-2'], failure: null },
    ]);
  });

  it('tells with each page how many workgroups are read, and in all', async () => {
    const listExecutions: AthenaCalls['listExecutions'] = async (workGroup, token) => {
      if (workGroup === 'secret') throw awsError('AccessDeniedException');
      return token === null ? { names: ['a'], nextToken: 'more' } : { names: ['b'], nextToken: null };
    };
    const counted = (pages: readonly ListedExecutions[]) =>
      pages.map(({ workGroups }) => `${workGroups?.done} of ${workGroups?.all}`);
    const all = await list({ listWorkGroups, listExecutions });
    expect(counted(all)).toEqual(['0 of 3', '1 of 3', '2 of 3', '2 of 3', '3 of 3']);
    expect(counted(await list({ listWorkGroups, listExecutions }, all[0]?.cursor))).toEqual(counted(all).slice(1));
  });

  it('goes on behind any of its pages', async () => {
    const listExecutions: AthenaCalls['listExecutions'] = async (workGroup, token) => {
      const page = Number(token ?? 0);
      return { names: [`${workGroup}-${page}`], nextToken: page < 2 ? String(page + 1) : null };
    };
    const calls = { listWorkGroups, listExecutions };
    const ids = (pages: readonly ListedExecutions[]) => pages.flatMap((page) => page.ids);
    const whole = await list(calls);
    expect(whole).toHaveLength(9);
    for (const [index, { cursor }] of whole.entries()) {
      const kept: unknown = JSON.parse(JSON.stringify(cursor));
      expect(ids(await list(calls, kept))).toEqual(ids(whole.slice(index + 1)));
    }
  });

  it('lists a workgroup anew when the token to go on with is refused, and says when that fails as well', async () => {
    const cursor = { done: ['primary'], workGroup: 'secret', token: 'of last week' };
    const from =
      (isDeleted: boolean): AthenaCalls['listExecutions'] =>
      async (workGroup, token) => {
        if (token !== null || (isDeleted && workGroup === 'secret')) throw awsError('InvalidRequestException');
        return { names: [`${workGroup}-1`], nextToken: null };
      };
    expect(await list({ listWorkGroups, listExecutions: from(false) }, cursor)).toMatchObject([
      { workGroup: 'secret', ids: ['secret-1'], failure: null },
      { workGroup: 'etl', ids: ['etl-1'], failure: null },
    ]);
    expect(await list({ listWorkGroups, listExecutions: from(true) }, cursor)).toMatchObject([
      { workGroup: 'secret', ids: [], failure: expect.stringContaining('InvalidRequest') },
      { workGroup: 'etl', ids: ['etl-1'], failure: null },
    ]);
  });

  it('reports a workgroup whose pages never end, and goes on', async () => {
    const listExecutions: AthenaCalls['listExecutions'] = async () => ({ names: [], nextToken: 'same' });
    const listed = await list({ listWorkGroups, listExecutions });
    expect(listed.filter(({ failure }) => failure?.includes('repeats'))).toHaveLength(3);
  });

  it('throws when the workgroups themselves cannot be listed', async () => {
    await expect(list({ listWorkGroups: () => Promise.reject(awsError('AccessDeniedException')) })).rejects.toThrow(
      'athena:ListWorkGroups',
    );
  });
});

describe('prepared statements', () => {
  const asked = { workGroup: 'bi', name: 'q' };
  const said = { text: 'SELECT * FROM orders', modifiedAt: 7 };

  it('are told with when they were changed', async () => {
    expect(await open({ getPrepared: async () => said }).api.prepared?.(asked)).toEqual(said);
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException', 'UnknownOperationException'])(
    'are not known after %s, and nothing fails',
    async (name) => {
      const getPrepared = () => Promise.reject(awsError(name));
      expect(await open({ getPrepared }).api.prepared?.(asked)).toBeNull();
    },
  );

  it('end the run when credentials have expired', async () => {
    const getPrepared = () => Promise.reject(awsError('ExpiredTokenException'));
    await expect(open({ getPrepared }).api.prepared?.(asked)).rejects.toThrow(CredentialsExpired);
  });
});
