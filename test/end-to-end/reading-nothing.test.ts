import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRescue } from '../../src/cli/collect/rescue.js';
import { runSettle } from '../../src/cli/collect/settle.js';
import { runExplain } from '../../src/cli/look/explain.js';
import { runPeople } from '../../src/cli/look/people.js';
import { runQuery } from '../../src/cli/look/query.js';
import { runReport } from '../../src/cli/look/report.js';
import { runServe } from '../../src/cli/look/serve.js';
import { runCompact } from '../../src/cli/operate/compact.js';
import { reportFailure } from '../../src/cli/terminal/failure.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import { quietIo } from './quiet-io.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'aqt-nothing-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Command = (output: string, io: Io) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  verify: (output, io) => runVerify({ output }, io),
  'verify --accept': (output, io) => runVerify({ output, accept: 'why not' }, io),
  query: (output, io) => runQuery({ output, sql: 'SELECT 1' }, io),
  report: (output, io) => runReport({ output }, io),
  serve: (output, io) => runServe({ output }, io),
  compact: (output, io) => runCompact({ output }, io),
  people: (output, io) => runPeople({ output }, io),
  'people --json': (output, io) => runPeople({ output, json: true }, io),
  explain: (output, io) => runExplain({ id: 'q1', output }, io),
  settle: (output, io) => runSettle({ output, executions: 'none.json' }, io),
  rescue: (output, io) => runRescue({ output, executions: 'none.json' }, io),
};

describe('reading where there are no reports', () => {
  it.each(Object.entries(COMMANDS))('aqt %s says so, exits 2 and makes nothing', async (_, run) => {
    const output = join(root, 'nope');
    const io = quietIo({ clock: { now: () => Date.UTC(2026, 10, 20), sleep: async () => {} } });
    const exit = await run(output, io).catch((error: unknown) => reportFailure(error, io));
    expect(exit).toBe(2);
    expect(io.written.stderr).toBe(
      `aqt: there are no reports in ${output}: collect some (aqt collect --from <day> --output ${output}), or see aqt demo\n`,
    );
    expect(io.written.stdout).toBe('');
    expect(await readdir(root)).toEqual([]);
  });
});
