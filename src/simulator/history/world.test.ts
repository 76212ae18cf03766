import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { directoryOf } from '../company/directory.js';
import { buildWorld } from '../company/workload.js';
import { eventIdOf } from '../wire/record-frame.js';
import { recordOf } from './event-record.js';
import { queryExecutionOf } from './execution.js';
import { truthOf } from './truth.js';
import type { World } from './world.js';

function fingerprintOf(world: World): string {
  const digest = createHash('sha256');
  for (const [place, partition] of [...world.partitions].sort()) {
    digest.update(place);
    for (const row of partition.events) digest.update(`${row.visibleAt}${JSON.stringify(recordOf(world, row))}`);
  }
  for (const attempt of world.attempts) digest.update(JSON.stringify(queryExecutionOf(world, attempt, world.endsAt)));
  return digest.update(directoryOf(world)).digest('hex');
}

/** What the tests look at in a record. */
interface RecordShape {
  eventID: string;
  eventName: string;
  eventTime: string;
  awsRegion: string;
  recipientAccountId: string;
  sharedEventID?: string;
  errorCode?: string;
  sessionCredentialFromConsole?: string;
  userIdentity: {
    type: string;
    arn?: string;
    principalId?: string;
    accessKeyId?: string;
    sessionContext?: { sourceIdentity?: string; attributes: { creationDate: string } };
  };
  requestParameters: { queryString?: string; roleSessionName?: string; sourceIdentity?: string } | null;
  responseElements: { queryExecutionId?: string; credentials?: { accessKeyId: string } } | null;
}

function groupsOf(records: readonly RecordShape[], keyOf: (record: RecordShape) => string): RecordShape[][] {
  const groups = new Map<string, RecordShape[]>();
  for (const record of records) groups.set(keyOf(record), [...(groups.get(keyOf(record)) ?? []), record]);
  return [...groups.values()];
}

const world = buildWorld({ seed: 11, days: 4, queriesPerDay: 900 });
const rows = [...truthOf(world).rows()];
const records = [...world.partitions.values()].flatMap((partition) =>
  partition.events.map((row) => recordOf(world, row) as unknown as RecordShape),
);

describe('determinism', () => {
  test('the same seed gives the same account, byte for byte; another seed another one', () => {
    const options = { days: 2, queriesPerDay: 200 };
    const first = fingerprintOf(buildWorld({ ...options, seed: 3 }));
    expect(fingerprintOf(buildWorld({ ...options, seed: 3 }))).toBe(first);
    expect(fingerprintOf(buildWorld({ ...options, seed: 4 }))).not.toBe(first);
  });
});

describe('the company', () => {
  test('every way to Athena is used', () => {
    const ways = new Set(rows.map((row) => row.way));
    for (const way of [
      'sso-console',
      'sso-chain-twice',
      'cross-account-chain',
      'saml',
      'aws-login',
      'mcp-agent',
      'root',
    ]) {
      expect(ways).toContain(way);
    }
    expect(ways.size).toBeGreaterThan(35);
  });

  test('root queries once, the leaver stops, and the hours from 2 to 4 at night are empty', () => {
    expect(rows.filter((row) => row.way === 'root')).toHaveLength(1);
    const leaver = rows.filter((row) => row.actor.id.startsWith('tomas.weber'));
    expect(leaver.length).toBeGreaterThan(5);
    expect(Math.max(...leaver.map((row) => row.submittedAt))).toBeLessThan(world.startsAt + 2.01 * 86_400_000);
    const localHours = new Set(rows.map((row) => new Date(row.submittedAt - 5 * 3_600_000).getUTCHours()));
    expect(localHours).not.toContain(2);
    expect(localHours).not.toContain(3);
    expect(localHours.size).toBe(22);
  });

  test('queries end in every way, and some still run at the end of the history', () => {
    expect(new Set(rows.map((row) => row.finalState))).toEqual(
      new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED']),
    );
    expect(rows.some((row) => row.isReused)).toBe(true);
    expect(rows.some((row) => row.stateAt(world.endsAt) === 'RUNNING')).toBe(true);
    expect(rows.every((row) => row.stateAt(Infinity) === row.finalState)).toBe(true);
  });

  test('texts hold what breaks naive tools, and one is huge', () => {
    const texts = rows.flatMap((row) => (row.query === null ? [] : [row.query]));
    for (const needle of ['\n', '\r\n', '\t', '\\', '"', "''", '東京', '🏛', '-- Metabase::']) {
      expect(texts.some((text) => text.includes(needle))).toBe(true);
    }
    expect(texts.some((text) => Buffer.byteLength(text) > 200_000)).toBe(true);
    expect(texts.every((text) => Buffer.byteLength(text) <= 262_144)).toBe(true);
    expect(texts.every((text) => !/\{[a-z$]+(:[^}"]+)?\}/.test(text))).toBe(true);
  });
});

describe('attempts that gather', () => {
  test('come in bursts, many within a second, and leave the worlds of other options as they are', () => {
    const options = { seed: 4, days: 1, queriesPerDay: 80 };
    const gatherMs = 3_600_000;
    const gathered = buildWorld({ ...options, gatherMs });
    expect(gathered.attempts.length).toBeGreaterThan(20);
    expect(gathered.attempts.every(({ submittedAt }) => submittedAt % gatherMs <= 900)).toBe(true);
    expect(buildWorld(options).attempts.some(({ submittedAt }) => submittedAt % gatherMs > 900)).toBe(true);
  });
});

describe('the events', () => {
  test('every start has one event at least, some have two, and the events tell the truth', () => {
    expect(rows.every((row) => row.eventIds.length >= 1)).toBe(true);
    expect(rows.some((row) => row.eventIds.length === 2)).toBe(true);
    const starts = records.filter((record) => record.eventName === 'StartQueryExecution');
    const byId = new Map(starts.map((record) => [record.eventID, record]));
    expect(byId.size).toBe(rows.reduce((sum, row) => sum + row.eventIds.length, 0));
    for (const row of rows) {
      for (const id of row.eventIds) {
        const record = byId.get(id);
        expect(record?.responseElements?.queryExecutionId ?? null).toBe(row.queryExecutionId);
        expect(record?.errorCode ?? null).toBe(row.errorCode);
        expect(record?.recipientAccountId).toBe(row.accountId);
        expect(record?.awsRegion).toBe(row.region);
        expect(record?.requestParameters?.queryString ?? '***OMITTED***').toBe('***OMITTED***');
      }
    }
  });

  test('event ids are unique, times are whole seconds, a start is recorded within seconds of its submission', () => {
    expect(new Set(records.map((record) => record.eventID)).size).toBe(records.length);
    expect(records.every((record) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(record.eventTime))).toBe(true);
    for (const row of rows) {
      const lag = (row.eventTime ?? 0) - row.submittedAt;
      expect(lag).toBeGreaterThan(-1_000);
      expect(lag).toBeLessThanOrEqual(2_000);
    }
  });

  test('a credential of a chain leads back to who asked for it', () => {
    const issued = new Map(
      records.flatMap((record) => {
        const key = record.responseElements?.credentials?.accessKeyId;
        return key && record.userIdentity.type !== 'AWSAccount' ? [[key, record] as const] : [];
      }),
    );
    const start = records.find(
      (record) =>
        record.eventName === 'StartQueryExecution' && record.userIdentity.principalId?.endsWith(':maintenance'),
    );
    const second = issued.get(start?.userIdentity.accessKeyId ?? '');
    const first = issued.get(second?.userIdentity.accessKeyId ?? '');
    expect(second?.requestParameters?.roleSessionName).toBe('maintenance');
    expect(first?.requestParameters?.sourceIdentity).toBe('emil.novak@acorn.example');
    expect(first?.userIdentity.arn).toMatch(/AWSReservedSSO_RoleSwitcher_[0-9a-f]{16}\/emil\.novak@acorn\.example$/);
    expect(start?.userIdentity.sessionContext?.sourceIdentity).toBe('emil.novak@acorn.example');
  });

  test('a cross-account AssumeRole leaves two copies with one sharedEventID, the target knows only a number', () => {
    const copies = records.filter(
      (record) => record.eventName === 'AssumeRole' && record.requestParameters?.roleSessionName === 'features',
    );
    const shared = groupsOf(copies, (record) => record.sharedEventID ?? '');
    for (const pair of shared) {
      expect(pair).toHaveLength(2);
      expect(pair.map((record) => record.userIdentity.type).sort()).toEqual(['AWSAccount', 'AssumedRole']);
      expect(pair[0]?.eventID).not.toBe(pair[1]?.eventID);
    }
  });

  test('the console signs every request with another key of the same session', () => {
    const console = records.filter(
      (record) => record.eventName === 'StartQueryExecution' && record.sessionCredentialFromConsole === 'true',
    );
    const bySession = groupsOf(
      console,
      ({ userIdentity }) => `${userIdentity.principalId}/${userIdentity.sessionContext?.attributes.creationDate}`,
    );
    const largest = bySession.sort((a, b) => b.length - a.length)[0] ?? [];
    expect(largest.length).toBeGreaterThan(1);
    expect(new Set(largest.map((record) => record.userIdentity.accessKeyId)).size).toBe(largest.length);
  });

  test('CloudTrail can be told to lose starts, and Athena still knows the executions', () => {
    const gappy = buildWorld({ seed: 5, days: 1, queriesPerDay: 400, rates: { unseen: 0.05 } });
    const unseen = [...truthOf(gappy).rows()].filter((row) => row.eventIds.length === 0);
    expect(unseen.length).toBeGreaterThan(5);
    expect(eventIdOf(gappy, gappy.partitions.values().next().value?.starts[0] ?? ({} as never))).toMatch(/-/);
  });
});
