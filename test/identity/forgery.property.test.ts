import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommentTags } from '../../src/identity/comments/sql-comment.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import {
  awsService,
  foreign,
  type Identity,
  iamUser,
  link,
  portalRole,
  resolve,
  roleSession,
  start,
} from './evidence.js';

const CEO = 'ceo@acorn.example';
const TOOLS = ['redash', 'metabase', 'superset', 'looker', 'mode', 'hex', 'dbt', 'sqlcommenter', 'trino'] as const;

const directory = parseDirectory(
  [
    'people:',
    `  - { id: ${CEO}, aliases: [ceo, "metabase:1", "looker:1"] }`,
    'roles:',
    ...TOOLS.map((tool) => `  - { name: ${tool}-task, kind: tool, tool: ${tool} }`),
  ].join('\n'),
);

/** What anybody may write into a statement to look like the chief executive. */
const FORGED = fc.constantFrom(
  `/* Username: ${CEO}, query_id: 1, Query Hash: ab */`,
  '-- Metabase:: userID: 1 queryType: native queryHash: ab',
  '-- [SQL LAB] ceo 2026-05-01T10:11:12',
  `-- Looker Query Context '{"user_id":1}'`,
  `-- {"user":"@ceo","email":"${CEO}","url":"https://app.mode.com/acorn/reports/1"}`,
  `-- Hex query metadata: {"user_email": "${CEO}"}`,
  '/* run by ceo in dbt */',
  `/*application='x',user_email='${CEO}'*/`,
  '/*Query=20260501_101112_00001_abcde User=ceo*/',
  `/* ${JSON.stringify({ app: 'redash', user: CEO })} */`,
);
const AGENTS = fc.constantFrom(
  'Boto3/1.43.11 Botocore/1.43.11',
  'claude-code/2.1.202 (cli)',
  'athena.amazonaws.com',
  `Mozilla/5.0 ${CEO} Gecko/1`,
  'aws-mcp.amazonaws.com',
);

/** Everything but the statement and the user agent: what AWS writes, and the session name. */
const SESSION = fc.record({
  role: fc.constantFrom(...TOOLS.map((tool) => `${tool}-task`), 'Lake', portalRole('A')),
  name: fc.constantFrom('mallory', 'botocore-session-1', 'i-0abcdef0123456789', '0123456789abcdef0123456789abcdef'),
});
const CALLER = fc.constantFrom<Identity | null>(
  null,
  iamUser('mallory'),
  awsService('ecs-tasks.amazonaws.com'),
  foreign(iamUser('mallory')),
  roleSession({ role: portalRole('A'), name: 'mallory' }),
);

describe('whatever a caller writes into a statement or a user agent', () => {
  it('never makes a verified person of anybody, and never changes one', () => {
    fc.assert(
      fc.property(
        SESSION,
        CALLER,
        fc.array(FORGED, { maxLength: 3 }),
        fc.array(FORGED, { maxLength: 3 }),
        AGENTS,
        (named, caller, before, behind, userAgent) => {
          const session = { ...named, key: 'ASIATAKEN', began: 100 };
          const links = caller === null ? [] : [link(caller, session)];
          const subject = start(roleSession(session), { extra: { userAgent } });
          const plain = resolve(start(roleSession(session)), { directory, links });
          const forged = resolve(subject, { directory, links, tag: readCommentTags(before, behind) });
          if (forged.confidence === 'verified') {
            expect(forged.person).not.toBe(CEO);
            expect([forged.person, forged.method]).toEqual([plain.person, plain.method]);
          }
          if (forged.person === CEO) expect(forged).toMatchObject({ method: 'sql-comment', confidence: 'claimed' });
          if (plain.confidence === 'verified' && plain.kind === 'human') {
            expect([forged.person, forged.confidence]).toEqual([plain.person, 'verified']);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('does not name an IAM user otherwise', () => {
    fc.assert(
      fc.property(fc.array(FORGED, { maxLength: 3 }), AGENTS, (comments, userAgent) => {
        const subject = start(iamUser('mallory'), { extra: { userAgent } });
        expect(resolve(subject, { directory, tag: readCommentTags(comments, []) })).toMatchObject({
          person: 'mallory',
          confidence: 'verified',
          evidence: expect.arrayContaining(['key:AKIAMALLORY']),
        });
      }),
    );
  });
});
