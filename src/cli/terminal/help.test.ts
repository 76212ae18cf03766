import { describe, expect, it } from 'vitest';
import { FILTERS } from '../../analytics/view/filters.js';
import { REPORT_KEYS } from '../look/report.js';
import { runCli } from '../main.js';
import type { Io } from './io.js';
import { writersTo } from './writers.js';

const GROUPS = [
  'demo',
  'collect',
  'settle',
  'rescue',
  'verify',
  'query',
  'report',
  'people',
  'explain',
  'bill',
  'budget',
];
const COMMANDS = [...GROUPS, 'serve', 'sql', 'export', 'deploy', 'destroy', 'doctor', 'backfill', 'compact'];

async function help(...args: string[]): Promise<string> {
  let out = '';
  const io: Io = {
    stdin: (async function* () {})(),
    ...writersTo({
      out: (text) => {
        out += text;
      },
      err: () => {},
      isStdoutTty: false,
    }),
    env: {},
    program: 'aqt',
    stopwatch: () => 0,
    isStdoutTty: false,
    isStderrTty: false,
    columns: 80,
    clock: { now: () => 0, sleep: async () => {} },
    random: () => 0,
    signal: new AbortController().signal,
  };
  expect(await runCli([...args, '--help'], io)).toBe(0);
  return out;
}

describe('help', () => {
  it('of the program begins with examples of its own and knows every command', async () => {
    const text = await help();
    expect(text.match(/^Examples:$/gm)).toHaveLength(1);
    const listed = [...text.matchAll(/^ {2}([a-z]+) (?:\[options\]|\[command\])/gm)].map(([, name]) => name);
    expect(listed.filter((name) => name !== 'help')).toEqual(expect.arrayContaining(COMMANDS));
  });

  it.each(COMMANDS)('of %s has examples, each of that command', async (command) => {
    const text = await help(command);
    expect(text.match(/^Examples:$/gm)).toHaveLength(1);
    const lines = (text.split('\nExamples:\n')[1] ?? '').split('\n\n')[0]?.split('\n') ?? [];
    const own = lines.filter((line) => line.includes(`aqt ${command}`));
    expect(own.length).toBeGreaterThan(0);
    for (const line of lines.filter((one) => /^ {2}aqt /.test(one))) expect(line).toContain(`aqt ${command}`);
  });

  it('marks what is required and what may be given again', async () => {
    expect(await help('collect')).toMatch(/--from <date> +first report day, YYYY-MM-DD \(required\)/);
    expect(await help('bill')).toMatch(/--bill <path>[^-]*\(required\)/);
    expect(await help('export')).toMatch(/--to <consumer or date>[^-]*\(required,\s+repeatable\)/);
    const query = (await help('query')).replace(/\s+/g, ' ');
    for (const { name, kind, meaning } of FILTERS) {
      const isAmount = kind === 'minimum' || kind === 'maximum';
      expect(query).toContain(
        isAmount ? `--${name} <amount> ${meaning}` : `--${name} <value> ${meaning} (repeatable)`.replace(/\s+/g, ' '),
      );
    }
  });

  it('names every value of --by and the forms of a range', async () => {
    const text = (await help('report')).replace(/\s+/g, ' ');
    const by = /--by <group> (.*?)\(default/.exec(text)?.[1] ?? '';
    for (const key of REPORT_KEYS) expect(by).toMatch(new RegExp(`\\b${key}\\b`));
    expect(text).toContain('any <n>h, <n>d or <n>w');
  });
});
