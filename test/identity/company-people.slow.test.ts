import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runCli } from '../../src/cli/main.js';
import type { ReportRow } from '../../src/record/columns.js';
import { directoryOf } from '../../src/simulator/company/directory.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { truthOf } from '../../src/simulator/history/truth.js';
import { DAY_MS, readRows, STARTS_AT, temporaryFolder, writeEvidence } from '../end-to-end/collected-company.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const asOf = STARTS_AT + 3 * DAY_MS;
const world = buildWorld({ seed: 12, startsAt: STARTS_AT, days: 3, queriesPerDay: 300 });
const output = temporaryFolder();
const clock = { now: () => asOf, sleep: async () => {} };
const truth = new Map([...truthOf(world).rows()].map((row) => [row.queryExecutionId, row]));
let rows: ReportRow[];

async function run(...args: string[]): Promise<string> {
  const io = quietIo({ clock });
  expect(await runCli(args, io)).toBe(0);
  return io.written.stdout;
}

/** The first collected row of a way. */
function rowOf(way: string): ReportRow {
  const row = rows.find((one) => truth.get(one.query_execution_id)?.way === way);
  if (!row) throw new Error(`no row of the way ${way}`);
  return row;
}

beforeAll(async () => {
  const directory = join(temporaryFolder(), 'people.json');
  writeFileSync(directory, directoryOf(world));
  const range = { from: '2026-11-01', to: '2026-11-02' };
  const evidence = writeEvidence(world, asOf);
  expect(await runCollect({ ...range, ...evidence, output, directory, quiet: true }, quietIo({ clock }))).toBe(0);
  rows = await readRows(output, 'csv');
});

describe('a new user at the company', () => {
  it('finds by `aqt people` everybody named, or the line that would', async () => {
    const { people, unresolved, brokers } = JSON.parse(await run('people', output, '--json'));
    const named = new Set(people.map(({ person }: { person: string }) => person));
    const nameless = rows.filter(({ person }) => person === null);
    for (const { person } of rows) expect(person === null || named.has(person)).toBe(true);
    expect(nameless.length).toBeGreaterThan(0);
    const told = unresolved.reduce((sum: number, each: { rows: number }) => sum + each.rows, 0);
    expect(told).toBe(nameless.filter(({ attribution }) => attribution !== 'unattributed').length);
    for (const each of unresolved) expect(each.directory_line).toMatch(/^- ("|\{ arn: ")/);
    const gateway = `arn:aws:iam::${world.company.accounts.main}:role/GatewayLake`;
    expect(brokers).toMatchObject([
      {
        workload: 'query-gateway',
        role_arn: gateway,
        directory_line: `- { arn: "${gateway}", kind: broker, owner: "query-gateway" }`,
      },
    ]);
  });

  it.each([
    ['broker', 'asserted', /^ {2}asserted: whoever took the role chose the name/m],
    ['broker-unlisted', 'verified', /^ {2}verified: AWS recorded/m],
    ['certificate-person', 'verified', /^ {2}verified: .*certificate/m],
    ['certificate-host', 'verified', /^ {2}verified: AWS recorded for which program/m],
    [
      'pool-guest',
      'none',
      /^ {2}none: nothing proves who it was[\s\S]*a guest of a Cognito identity pool: nobody signed in/m,
    ],
    ['pool-member', 'verified', /^ {2}verified: .*token/m],
    ['unknown-service', 'asserted', /^ {2}asserted: .*account-access\.amazonaws\.com/m],
    ['acorn-portal', 'claimed', /^ {2}claimed: whoever wrote the statement/m],
  ])('hears from `aqt explain` who vouches on the way %s', async (way, confidence, sentence) => {
    const row = rowOf(way);
    const expected = truth.get(row.query_execution_id);
    expect(row).toMatchObject({
      person: expected?.provable?.id ?? null,
      person_kind: expected?.provable?.kind ?? 'unknown',
      identity_confidence: confidence,
    });
    expect(expected?.confidence).toBe(confidence);
    expect(await run('explain', String(row.query_execution_id), output)).toMatch(sentence);
  });
});
