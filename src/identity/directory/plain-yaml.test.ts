import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseDirectory } from './parse-directory.js';
import { readPlainYaml } from './plain-yaml.js';

/** What YAML says, with numbers as texts: the plain reader leaves them as they are written. */
function expected(text: string): unknown {
  return JSON.parse(JSON.stringify(parse(text)), (_, value) => (typeof value === 'number' ? String(value) : value));
}

const SAMPLE = `# who is who
people:
  - id: ana@acorn.example        # the first
    name: "Ana \\"A\\" Silva"
    aliases:
      - arn:aws:iam::111122223333:user/ana
      - 'o''neil'
      - { name: ana, account: "111122223333" }
    team: ~
  - { id: bob@acorn.example, aliases: [bob, "metabase:5", a b c], team: analytics }
teams:
- name: analytics
  costCenter: CC-1
- { name: "x" }
roles: []
accounts:
`;

describe('plain YAML', () => {
  it('is read as YAML is', () => {
    expect(readPlainYaml(SAMPLE)).toEqual(expected(SAMPLE));
    expect(readPlainYaml('accounts: [000000000012]\n')).toEqual({ accounts: ['000000000012'] });
    expect(readPlainYaml('# nothing\n')).toBeNull();
  });

  it.each([
    'a: &x 1',
    'a: *x',
    'a: !!str 1',
    'a: |\n  b\n',
    'a: b\n  c\n',
    'a: "b',
    'a: {b: c',
    'a: b\na: c',
    '- a\n b: c',
    '---\na: b',
    'a:\tb',
    '"a": b',
    'a: b: c',
    'a: [b, c]d',
    '<<: {a: b}',
    'a: @b',
    '? a',
  ])('leaves %j to the full reader', (text) => expect(readPlainYaml(text)).toBeUndefined());

  it('never says anything else than YAML, whatever the text', () => {
    const word = fc.constantFrom(
      'people:',
      'id: ',
      '  ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      ': ',
      '"',
      "'",
      '#',
      ' #',
      'a',
      '-',
      '1',
      '~',
      'x: y',
      '|',
      '\\',
      '&',
      '*',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        const text = words.join('');
        const plain = readPlainYaml(text);
        if (plain !== undefined) expect(plain ?? null).toEqual(expected(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('reads whatever a writer of YAML writes plainly', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9@.:/_ -]{0,20}[a-z0-9]$/);
    const person = fc.record({ id: name, team: fc.option(name), aliases: fc.array(name) });
    fc.assert(
      fc.property(fc.record({ people: fc.array(person, { minLength: 1 }) }), fc.boolean(), (document, isFlow) => {
        const text = stringify(document, { lineWidth: 0, ...(isFlow ? { collectionStyle: 'flow' } : {}) });
        const plain = readPlainYaml(text);
        if (plain !== undefined) expect(plain).toEqual(expected(text));
      }),
      { numRuns: 300 },
    );
  });

  it('and the full reader give one directory, and the problems of a large one have their lines', () => {
    const people = Array.from(
      { length: 4000 },
      (_, index) => `  - { id: p${index}@acorn.example, aliases: [p${index}, "metabase:${index}"] }`,
    );
    const large = parseDirectory(`people:\n${people.join('\n')}\n`);
    expect(large.people).toHaveLength(4000);
    expect(large.peopleByAlias.get('metabase:7')?.id).toBe('p7@acorn.example');
    expect(() => parseDirectory(`people:\n${people.join('\n')}\n  - { id: x, aliases: [p5] }\n`)).toThrow(
      /line 4002: "p5" already stands for p5@acorn\.example/,
    );
  });
});
