import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costCenterOf, EMPTY_DIRECTORY, personOf, roleOf, teamOfRole } from './directory.js';
import { DirectoryError, parseDirectory } from './parse-directory.js';

const YAML = `# who is who
people:
  - id: ana@acorn.example
    name: Ana Silva
    team: analytics
    aliases:
      - arn:aws:iam::111122223333:user/ana
      - Ana.Silva
      - metabase:5
  - id: bob@acorn.example
    costCenter: CC-9
teams:
  - name: analytics
    costCenter: CC-1
roles:
  - arn: arn:aws:iam::111122223333:role/service/metabase-task
    owner: ana@acorn.example
    tool: Metabase
  - name: etl
    owner: analytics
chargeback:
  - when: { workgroup: [bi, "bi-*"], database: sales }
    costCenter: CC-5
  - when: { role: "*/etl", account: 000000000012 }
    costCenter: CC-6
`;

function problemsOf(text: string): readonly { line: number; message: string }[] {
  try {
    parseDirectory(text);
    return [];
  } catch (error) {
    if (error instanceof DirectoryError) return error.problems;
    throw error;
  }
}

describe('a directory', () => {
  const directory = parseDirectory(YAML);

  it('finds people by every alias and their id, without case', () => {
    for (const name of ['ana@ACORN.example', 'ana.silva', 'METABASE:5', 'arn:aws:iam::111122223333:user/ana']) {
      expect(personOf(directory, [null, 'nobody', name])?.id).toBe('ana@acorn.example');
    }
    expect(personOf(directory, ['ana'])).toBeNull();
  });

  it('finds roles by ARN, else by name in any account', () => {
    expect(roleOf(directory, 'arn:aws:iam::111122223333:role/service/metabase-task')).toMatchObject({
      kind: 'tool',
      tool: 'metabase',
    });
    expect(roleOf(directory, 'arn:aws:iam::999999999999:role/metabase-task')).toBeNull();
    const etl = roleOf(directory, 'arn:aws:iam::999999999999:role/x/ETL');
    expect(etl).toMatchObject({ kind: 'workload', owner: 'analytics' });
    expect(etl && teamOfRole(directory, etl)).toBe('analytics');
  });

  it.each([
    [{ workgroup: 'bi-eu', database: 'sales' }, 'CC-5'],
    [{ workgroup: 'BI', database: 'sales', person: 'bob@acorn.example' }, 'CC-5'],
    [{ workgroup: 'bi', database: 'web' }, null],
    [{ role: 'arn:aws:iam::000000000012:role/etl', account: '000000000012' }, 'CC-6'],
    [{ person: 'bob@acorn.example', team: 'analytics' }, 'CC-9'],
    [{ person: 'ana@acorn.example', team: 'analytics' }, 'CC-1'],
    [{}, null],
  ])('charges %j to %s', (facts, costCenter) => {
    expect(costCenterOf(directory, facts)).toBe(costCenter);
  });

  it('may be JSON, and may be empty', () => {
    const json = JSON.stringify({
      people: [{ id: 'a@x', team: null, aliases: ['a'] }],
      roles: [{ name: 'r', owner: 'a@x', kind: 'workload' }],
      teams: [],
    });
    expect(personOf(parseDirectory(json), ['A'])?.id).toBe('a@x');
    expect(parseDirectory('')).toEqual(EMPTY_DIRECTORY);
    expect(parseDirectory('# nothing yet\n')).toEqual(EMPTY_DIRECTORY);
  });

  it.each([
    [
      'a key with a slip',
      'people:\n  - id: a\n    alias: [b]\n',
      3,
      /unknown key "alias" in a person; did you mean "aliases"\?/,
    ],
    ['a section with a slip', 'poeple: []\n', 1, /did you mean "people"/],
    [
      'a name of two people',
      'people:\n  - id: a\n    aliases: [x]\n  - id: b\n    aliases: [X]\n',
      5,
      /"X" already stands for a/,
    ],
    ['a role twice', 'roles:\n  - name: r\n  - name: R\n', 3, /already listed in line 2/],
    ['a role without a name', 'roles:\n  - owner: a\n', 2, /needs an arn or a name/],
    ['a role with a wrong ARN', 'roles:\n  - arn: arn:aws:sts::1:assumed-role/x/y\n', 2, /is no ARN of a role/],
    ['a kind nobody knows', 'roles:\n  - name: r\n    kind: workflow\n', 3, /did you mean "workload"/],
    ['a tool without its name', 'roles:\n  - name: r\n    kind: tool\n', 2, /needs the tool/],
    [
      'an unknown team',
      'teams: [{ name: sales }]\npeople:\n  - id: a\n    team: slaes\n',
      4,
      /unknown team "slaes"; did you mean "sales"/,
    ],
    ['a person without an id', 'people:\n  - name: Ana\n', 2, /id of a person is missing/],
    ['a list that is none', 'people: ana\n', 1, /people must be a list/],
    ['a text that is none', 'people:\n  - id: [a]\n', 2, /must be a text/],
    ['an anchor', 'people:\n  - id: &a ana\n  - id: *a\n', 3, /anchors are not supported/],
    [
      'a rule without its cost centre',
      'chargeback:\n  - when: { team: a }\n',
      2,
      /costCenter of a chargeback rule is missing/,
    ],
    ['a condition nobody knows', 'chargeback:\n  - when: { teams: a }\n    costCenter: c\n', 2, /did you mean "team"/],
    ['broken YAML', 'people:\n  - id: "a\n', 3, /not readable/],
    ['broken JSON', '{"people": [', 1, /not readable/],
    ['a list', '- a\n', 1, /must be a map/],
  ])('says where %s is', (_, text, line, message) => {
    expect(problemsOf(text)).toContainEqual({ line, message: expect.stringMatching(message) });
  });

  it('names all problems in one error', () => {
    expect(() => parseDirectory('poeple: []\nroles:\n  - owner: x\n')).toThrow(/2 problems:\nline 1: .*\nline 3: /);
  });

  it('answers any text with a directory or with problems', () => {
    const word = fc.constantFrom(
      'people:',
      'roles:',
      '\n',
      '  - ',
      'id: ',
      'a',
      '&x ',
      '*x',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '"',
      '#',
      '!!binary ',
      '<<: ',
      '? ',
      '|',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 30 }), (words) => {
        const problems = problemsOf(words.join(''));
        expect(problems.every(({ line }) => line >= 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
