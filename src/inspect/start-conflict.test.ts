import { expect, it } from 'vitest';
import { UNATTRIBUTED } from '../identity/resolve/resolve-person.js';
import { principalOf, startOf } from '../record/evidence.fixture.js';
import { conflictOf } from './start-conflict.js';

const ANA = 'arn:aws:iam::111122223333:user/ana';
const by = (principal: Parameters<typeof principalOf>[0], person: string | null = null, eventId = 'e1') => ({
  start: startOf({ eventId, principal: principalOf(principal) }),
  resolution: { ...UNATTRIBUTED, person },
});

it('names the principals of an execution by ARN, and by id where only that differs', () => {
  expect(conflictOf([by({}, 'ana'), by({}, 'ana', 'e2')])).toBeNull();
  const bo = 'arn:aws:iam::111122223333:user/bo';
  expect(conflictOf([by({}, 'ana'), by({ arn: bo, principalId: 'AIDABO' }, 'bo', 'e2')])).toEqual({
    principals: [ANA, bo],
    people: ['ana', 'bo'],
    evidence: ['event:e1', 'event:e2'],
  });
  expect(conflictOf([by({}), by({ principalId: 'AIDANEW' }, null, 'e2')])?.principals).toEqual([
    `${ANA} (AIDAEXAMPLE)`,
    `${ANA} (AIDANEW)`,
  ]);
});

it('names what copies of one event say, and the people behind one principal', () => {
  const contradiction = [principalOf(), principalOf({ principalId: 'AIDANEW' })];
  const contradicted = { ...startOf({ principal: principalOf({ principalId: null }) }), contradiction };
  expect(conflictOf([{ start: contradicted, resolution: UNATTRIBUTED }])).toMatchObject({
    principals: [`${ANA} (AIDAEXAMPLE)`, `${ANA} (AIDANEW)`],
    people: [],
  });
  expect(conflictOf([by({}, 'ana'), by({}, 'bo', 'e2')])).toMatchObject({ principals: [ANA], people: ['ana', 'bo'] });
});
