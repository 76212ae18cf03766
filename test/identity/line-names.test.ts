import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerUse } from '../../src/identity/chain/credential-graph.js';
import { nameFor, namesOfOrigin, namesOfUse } from '../../src/identity/chain/link-names.js';
import { parseDayLine, textOfDayLine } from '../../src/tree/evidence/evidence-lines.js';
import { createLineNames } from '../../src/tree/evidence/line-names.js';
import { linkWorlds } from './link-worlds.js';

describe('the names in the text of a line', () => {
  it('are at least those that parsing it gives', () => {
    const reader = createLineNames();
    const property = fc.property(linkWorlds({ ids: 9, lines: 20 }), ({ parts }) => {
      for (const line of parts.flatMap(({ lines }) => lines)) {
        if (!('link' in line || 'revealing' in line)) continue;
        const text = textOfDayLine(line);
        const found = new Set(reader.read(text));
        const parsed = parseDayLine(text);
        const use = 'link' in parsed ? callerUse(parsed.link) : 'revealing' in parsed ? parsed.revealing : null;
        if (!use) throw new Error('no use');
        const { type, onBehalfOfUserId, issuerPrincipalId, issuerArn } = use.principal;
        const expected = namesOfUse(use);
        if ('link' in parsed) {
          const { link } = parsed;
          // Sessions of services are found by their keys alone.
          const plain = type === 'AWSService' ? { ...link, issuedPrincipalId: null } : link;
          expected.push(...namesOfOrigin(plain));
          if (link.sparkSessionId !== null) expected.push(nameFor('spark', link.sparkSessionId));
          if (link.signInSessionArn !== null) expected.push(nameFor('signIn', link.signInSessionArn));
        }
        expect(expected.filter((name) => !found.has(name))).toEqual([]);
        expect(reader.hasUser()).toBe(onBehalfOfUserId !== null);
        if (issuerPrincipalId !== null && issuerArn !== null)
          expect(reader.shownIds()).toContainEqual({ id: issuerPrincipalId, arn: issuerArn });
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});
