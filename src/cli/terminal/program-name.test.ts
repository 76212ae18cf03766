import { describe, expect, it } from 'vitest';
import { programName } from './program-name.js';

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
