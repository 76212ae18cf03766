import { expect, it } from 'vitest';
import type { Resolution } from '../resolve/resolution.js';
import { chainTree } from './chain-tree.js';

const RESOLUTION: Resolution = {
  person: 'ana',
  kind: 'human',
  method: 'role-chain',
  confidence: 'verified',
  evidence: ['event:e1', 'key:ASIA1'],
  team: null,
  conflict: { person: 'bob', method: 'source-identity', reason: 'the session says bob' },
  unresolvedReason: null,
  chain: [
    {
      eventId: 'e1',
      eventTime: 0,
      eventName: 'AssumeRole',
      caller: 'ana',
      issued: 'arn:x',
      proves: 'ana got ASIA1 for Lake',
    },
    {
      eventId: 'e2',
      eventTime: 60_000,
      eventName: 'StartQueryExecution',
      caller: 'arn:x',
      issued: null,
      proves: 'arn:x started the query with ASIA1',
    },
  ],
};

it('prints the way from the person to the query', () => {
  expect(chainTree(RESOLUTION)).toEqual([
    'ana (human, role-chain, verified)',
    'verified: AWS recorded each step from the person to this session',
    '└─ 1970-01-01T00:00:00.000Z AssumeRole e1',
    '   ana got ASIA1 for Lake',
    '   → arn:x',
    '   └─ 1970-01-01T00:01:00.000Z StartQueryExecution e2',
    '      arn:x started the query with ASIA1',
    'also: key:ASIA1',
    'conflict: bob (source-identity): the session says bob',
  ]);
});

it('says what is missing when nobody was found', () => {
  const lost = {
    ...RESOLUTION,
    person: null,
    kind: 'unknown',
    method: 'unresolved',
    confidence: 'none',
    conflict: null,
    evidence: [],
    chain: [],
    unresolvedReason: 'the AssumeRole event',
  } as const;
  expect(chainTree(lost)).toEqual([
    'nobody was found (unresolved)',
    'none: nothing proves who it was',
    'missing: the AssumeRole event',
  ]);
});
