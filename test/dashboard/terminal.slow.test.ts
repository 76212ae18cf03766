import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPeople } from '../../src/cli/look/people.js';
import { runQuery } from '../../src/cli/look/query.js';
import { runReport } from '../../src/cli/look/report.js';
import { companyHours, writeHour } from './fixture-company.js';
import { captureIo, temporaryFolder } from './fixture-served.js';
import { uglyRow } from './fixture-ugly.js';

const timezone = 'America/New_York';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  const hours = [...companyHours({ lastDay: '2026-11-20', days: 1, queriesPerDay: 120, timezone, seed: 3 })];
  for (const hour of hours) await writeHour(reports, { ...hour, rows: hour.rows.map(uglyRow) }, { timezone });
}, 60_000);
afterAll(() => root.remove());

/** A terminal of that many columns, or, without any, a pipe. */
function terminal(columns: number | null) {
  const io = captureIo(new AbortController().signal);
  return columns === null ? io : { ...io, isStdoutTty: true, columns };
}

type Command = (io: ReturnType<typeof terminal>) => Promise<number>;

const COMMANDS: readonly (readonly [string, Command])[] = [
  ...['person', 'team', 'workgroup', 'table', 'fingerprint', 'day'].map((by): readonly [string, Command] => [
    `report --by ${by}`,
    (io) => runReport({ output: reports, range: 'all', by }, io),
  ]),
  ['people', (io) => runPeople({ output: reports }, io)],
  ['query by filters', (io) => runQuery({ output: reports, range: 'all', limit: 5 }, io)],
  [
    'query of long columns',
    (io) => runQuery({ output: reports, sql: 'SELECT person, team, workgroup, query FROM queries LIMIT 3' }, io),
  ],
];

async function linesOf(command: Command, columns: number | null): Promise<string[]> {
  const io = terminal(columns);
  expect(await command(io)).toBe(0);
  return io.out().replaceAll('\x1b[1m', '').replaceAll('\x1b[0m', '').split('\n');
}

describe('a terminal', () => {
  describe.each([80, 200])('of %i columns', (columns) => {
    it.each(COMMANDS)('takes every line of the table of %s', async (_, command) => {
      const tables = (await linesOf(command, columns)).filter((line) => /\S {2,}\S/.test(line.trim()));
      expect(tables.length).toBeGreaterThan(0);
      // A word that is longer than the terminal is left whole.
      const breakable = tables.filter((line) => !line.split(' ').some((word) => stringWidth(word) > columns / 2));
      for (const line of breakable) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    });
  });

  it('cuts nothing in a pipe', async () => {
    for (const [name, command] of COMMANDS) {
      const text = (await linesOf(command, null)).join('\n');
      expect(text.length, name).toBeGreaterThan(0);
      if (/person|people/.test(name)) expect(text).toContain(`${'p'.repeat(280)}@acme.example`);
      if (/team/.test(name)) expect(text).toContain(`team-${'t'.repeat(80)}`);
      if (/workgroup/.test(name)) expect(text).toContain(`workgroup-${'w'.repeat(118)}`);
    }
  });

  it('shows no sum of money that is not nothing as nothing, and names the zone of every time', async () => {
    for (const by of ['person', 'workgroup', 'table']) {
      const [, command] = COMMANDS.find(([name]) => name === `report --by ${by}`) ?? [];
      const lines = command ? await linesOf(command, 200) : [];
      expect(lines[0]).toContain(timezone);
      const cheap = lines.filter((line) => / <0\.01 /.test(line));
      if (by === 'workgroup') expect(cheap.length).toBeGreaterThan(0);
    }
    const people = (await linesOf((io) => runPeople({ output: reports }, io), 200)).join('\n');
    expect(people).toContain('last seen (UTC)');
    expect(people).toMatch(/\d\d:\d\d to \d{4}-\d\d-\d\d \d\d:\d\d UTC\)/);
  });

  it('leaves the catalog that all share out of tables, and lists no bare id of AWS among the people', async () => {
    const tables = (await linesOf((io) => runReport({ output: reports, range: 'all', by: 'table' }, io), 200)).join(
      '\n',
    );
    expect(tables).not.toContain('awsdatacatalog.');
    const people = (await linesOf((io) => runPeople({ output: reports }, io), 200)).join('\n');
    const [first = '', rest = ''] = people.split('Known only by an AWS id');
    expect(first).not.toContain('AROAEXAMPLEEXAMPLEAA');
    expect(rest).toContain('AROAEXAMPLEEXAMPLEAA');
  });

  it('counts queries alike in every command: refused attempts apart', async () => {
    const counted = async (command: Command): Promise<number> => {
      const io = terminal(null);
      await command(io);
      return Number(JSON.parse(io.out()).total?.queries ?? JSON.parse(io.out())[0]?.queries);
    };
    const byReport = await counted((io) => runReport({ output: reports, range: 'all', json: true }, io));
    const byView = await counted((io) =>
      runQuery({ output: reports, sql: 'SELECT sum(queries)::BIGINT AS queries FROM people', json: true }, io),
    );
    const io = terminal(null);
    await runPeople({ output: reports, json: true }, io);
    const people = JSON.parse(io.out()) as { people: { queries: number }[]; unresolved: { rows: number }[] };
    const named = people.people.reduce((sum, { queries }) => sum + queries, 0);
    expect(byView).toBe(byReport);
    expect(named).toBeLessThanOrEqual(byReport);
    expect(named).toBeGreaterThan(0);
  });
});
