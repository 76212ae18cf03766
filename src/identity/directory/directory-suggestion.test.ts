import { describe, expect, it } from 'vitest';
import { suggestDirectoryLine, type UnknownIdentity } from './directory-suggestion.js';
import { parseDirectory } from './parse-directory.js';

const NOTHING: UnknownIdentity = {
  principalArn: null,
  roleArn: null,
  sessionName: null,
  onBehalfOf: null,
  app: null,
  appUser: null,
};
const ROLE = 'arn:aws:iam::111122223333:role/Lake';

describe('the line to add', () => {
  it.each([
    [{ onBehalfOf: 'u-1', roleArn: ROLE }, 'aliases', '- "u-1"'],
    [{ roleArn: ROLE, app: 'metabase', appUser: '5' }, 'aliases', '- "metabase:5"'],
    [{ roleArn: ROLE, app: 'redash', appUser: 'ana@x.y' }, 'roles', `- { arn: "${ROLE}", kind: tool, tool: "redash" }`],
    [{ principalArn: 'arn:aws:iam::111122223333:user/ana' }, 'aliases', '- "arn:aws:iam::111122223333:user/ana"'],
    [{ roleArn: ROLE, sessionName: 'ana' }, 'aliases', '- "ana"'],
    [{ roleArn: ROLE, sessionName: 'botocore-session-1' }, 'roles', `- { arn: "${ROLE}", kind: workload, owner: "" }`],
  ] as const)('of %j goes to %s', (identity, section, line) => {
    expect(suggestDirectoryLine({ ...NOTHING, ...identity })).toEqual({ section, line });
    const text =
      section === 'roles' ? `roles:\n  ${line}\n` : `people:\n  - id: somebody\n    aliases:\n      ${line}\n`;
    expect(() => parseDirectory(text)).not.toThrow();
  });

  it('is none for a row that names nothing', () => {
    expect(suggestDirectoryLine(NOTHING)).toBeNull();
  });
});
