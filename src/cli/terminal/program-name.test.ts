import { describe, expect, it } from 'vitest';
import { asStarted, programName } from './program-name.js';

const path = '/usr/local/bin:/usr/bin';

describe('the name to type', () => {
  it.each([
    ['/usr/local/bin/aqt', '/home/ann', 'aqt'],
    ['/usr/local/bin/athena-query-tracker', '/home/ann', 'athena-query-tracker'],
    ['/usr/local/lib/node_modules/athena-query-tracker/dist/cli.js', '/home/ann', 'aqt'],
    ['/home/ann/project/node_modules/.bin/aqt', '/home/ann/project/reports', 'npx aqt'],
    ['/home/ann/project/node_modules/.bin/aqt', '/home/ann', '/home/ann/project/node_modules/.bin/aqt'],
    ['/home/ann/project/node_modules/athena-query-tracker/dist/cli.js', '/home/ann/project', 'npx aqt'],
    ['/home/ann/.npm/_npx/ab12/node_modules/.bin/athena-query-tracker', '/home/ann', 'npx athena-query-tracker'],
    ['/home/ann/clone/dist/cli.js', '/home/ann/clone', 'node dist/cli.js'],
    ['/home/ann/clone/dist/cli.js', '/tmp', 'node /home/ann/clone/dist/cli.js'],
    ['/home/ann/my clone/dist/cli.js', '/tmp', "node '/home/ann/my clone/dist/cli.js'"],
    ['/home/ann/clone/src/cli.ts', '/home/ann/clone', 'npx tsx src/cli.ts'],
    ['/home/ann/tools/aqt', '/home/ann', 'tools/aqt'],
  ])('of %s in %s is %s', (script, cwd, expected) => {
    expect(programName({ script, cwd, path })).toBe(expected);
  });
});

describe('hints', () => {
  it('name the program as it was started', () => {
    const clone = (text: string) => asStarted(text, 'node dist/cli.js');
    expect(clone('Next: aqt verify reports')).toBe('Next: node dist/cli.js verify reports');
    expect(clone('run `aqt settle --mend`, or aqt <command> --help')).toBe(
      'run `node dist/cli.js settle --mend`, or node dist/cli.js <command> --help',
    );
    expect(asStarted('aqt verify it', "node '/a $& b/cli.js'")).toBe("node '/a $& b/cli.js' verify it");
  });

  it('leave alone what is no command', () => {
    for (const text of ['aqt: no AWS Region', 'npx/aqt demo', 'aqt serve: it broke', '@aqt demo'])
      expect(asStarted(text, 'node dist/cli.js')).toBe(text);
    expect(asStarted('aqt demo', 'aqt')).toBe('aqt demo');
  });
});
