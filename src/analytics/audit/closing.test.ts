import { describe, expect, it } from 'vitest';
import { parseAccepted, parseClosing } from './closing.js';

const closing = {
  schema: 1,
  reportDate: '2026-11-02',
  closedAt: '2026-11-03T06:00:00.000Z',
  workGroups: [
    { accountId: '111122223333', region: 'eu-west-1', workGroup: 'bi', listed: 40, failure: null },
    { accountId: '111122223333', region: 'eu-west-1', workGroup: 'ml', listed: 0, failure: 'denied' },
    { accountId: '444455556666', region: 'us-east-1', workGroup: 'primary', listed: 2, failure: null },
  ],
  unattributed: ['a', 'b'],
  systemTables: [
    {
      accountId: '111122223333',
      region: 'eu-west-1',
      seen: 38,
      absent: 2,
      disagreements: 7,
      disagreeing: ['1', '2', '3', '4', '5', '6', '7'],
      failure: null,
    },
  ],
  missingHours: [],
};
/** A list that was read to its end, where nobody hears events. */
const WHOLE = { narrowed: 0, events: null };
const parsed = (changes: object) => parseClosing(JSON.stringify({ ...closing, ...changes }));

describe('a closing', () => {
  it('tells by account and Region how many workgroups were listed, and which could not be', () => {
    expect(parsed({})).toMatchObject({
      reportDate: '2026-11-02',
      closedAt: '2026-11-03T06:00:00.000Z',
      unattributed: 2,
      listings: [
        { accountId: '111122223333', region: 'eu-west-1', workGroups: 2, listed: 40, unlisted: 1, ...WHOLE },
        { accountId: '444455556666', region: 'us-east-1', workGroups: 1, listed: 2, unlisted: 0, ...WHOLE },
      ],
      unlisted: [{ accountId: '111122223333', region: 'eu-west-1', workGroup: 'ml', failure: 'denied' }],
    });
  });

  it('tells what events told of the day, and how many lists were read only as far as it', () => {
    const [bi] = closing.workGroups;
    const [place, other] = [
      { accountId: '111122223333', region: 'eu-west-1' },
      { accountId: 'a', region: 'r' },
    ];
    const events = [
      { ...other, seen: 9, absent: 9 },
      { ...place, seen: 38, absent: 0 },
    ];
    expect(parsed({ workGroups: [{ ...bi, isRecent: true }], events })?.listings).toMatchObject([
      { ...place, listed: 40, narrowed: 1, events: { seen: 38, absent: 0 } },
    ]);
  });

  it('tells a list that broke off from a workgroup', () => {
    const broken = { accountId: 'a', region: 'r', workGroup: '*', listed: 0, failure: 'no role' };
    expect(parsed({ workGroups: [broken] })).toMatchObject({
      listings: [{ accountId: 'a', region: 'r', workGroups: 0, listed: 0, unlisted: 0, ...WHOLE }],
      unlisted: [{ workGroup: '*', failure: 'no role' }],
    });
  });

  it('tells what the system table said, with the first ids of those that it gives to another', () => {
    expect(parsed({})?.systemTables).toEqual([{ ...closing.systemTables[0], disagreeing: ['1', '2', '3', '4', '5'] }]);
    expect(parsed({ systemTables: undefined })?.systemTables).toEqual([]);
  });

  it.each([
    ['another schema', { schema: 2 }],
    ['no date', { reportDate: 20261102 }],
    ['a date that is none', { reportDate: '2026-13-02' }],
    ['no workgroups', { workGroups: null }],
    ['no list of unattributed', { unattributed: 3 }],
  ])('is none with %s', (_, changes) => {
    expect(parsed(changes)).toBeNull();
  });

  it('is none when it is no JSON', () => {
    for (const text of ['', '{"schema": 1', 'null', '[]', '7']) expect(parseClosing(text)).toBeNull();
  });

  it.each([
    ['an entry that is none', { workGroups: [null] }],
    ['an entry without a place', { workGroups: [{ workGroup: 'g', listed: 1, failure: null }] }],
    ['a count that is none', { workGroups: [{ ...closing.workGroups[0], listed: '9' }] }],
    ['a negative count', { workGroups: [{ ...closing.workGroups[0], listed: -1 }] }],
    ['a system table that is none', { systemTables: [{}] }],
    ['a number instead of an id', { unattributed: [7] }],
    ['settings without workgroups', { settings: [{ accountId: 'a', region: 'r' }] }],
    ['an instant that is none', { closedAt: 'yesterday' }],
  ])('is none with %s: the day counts as not closed', (_, changes) => {
    expect(parsed(changes)).toBeNull();
  });
});

describe('what was accepted', () => {
  it('is told by key, with reason and instant', () => {
    const text = JSON.stringify({
      schema: 1,
      accepted: {
        'not read: a r': { reason: 'closed down', acceptedAt: '2026-11-20T10:00:00.000Z' },
        odd: null,
        x: {},
      },
    });
    expect(parseAccepted(text)).toEqual([
      { key: 'not read: a r', reason: 'closed down', acceptedAt: '2026-11-20T10:00:00.000Z' },
    ]);
  });

  it('is nothing in a damaged file', () => {
    for (const text of ['', '{', 'null', '{"accepted": 3}']) expect(parseAccepted(text)).toEqual([]);
  });
});
