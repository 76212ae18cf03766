import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runCli } from '../../src/cli/main.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { iamUser, linkRecord, roleSession, startRecord } from './evidence.js';

const clock = { now: () => Date.UTC(2026, 10, 5), sleep: async () => {} };
const DIRECTORY = `people:
  - { id: ana@acorn.example, name: Ana Silva, team: analytics, aliases: ["arn:aws:iam::111122223333:user/ana"] }
`;

/** Three starts: ana through a role and once more by a repeated token, a stranger, and a refused one. */
const lake = { role: 'Lake', name: 'botocore-session-1760000000', key: 'ASIALAKE', began: 900 };
const lost = { role: 'Lost', name: 'botocore-session-1760000009', key: 'ASIALOST' };
const byAna = startRecord(roleSession(lake), { second: 1000 });
const again = startRecord(roleSession(lake), { second: 1100, extra: { responseElements: byAna.responseElements } });
const byUnattributed = startRecord(roleSession(lost), { second: 2000 });
const refused = startRecord(iamUser('ana'), {
  second: 3000,
  extra: { responseElements: null, errorCode: 'AccessDenied', errorMessage: 'not you' },
});
const idOf = (record: typeof byAna) => (record.responseElements as { queryExecutionId: string }).queryExecutionId;

describe('people and explain', () => {
  const root = mkdtempSync(join(tmpdir(), 'aqt-people-'));
  const output = join(root, 'forest', 'account=1', 'region=2');
  const forest = join(root, 'forest');
  const run = async (...args: string[]) => {
    const io = quietIo({ clock });
    return { code: await runCli(args, io), ...io.written };
  };

  beforeAll(async () => {
    const trail = join(root, 'trail.json');
    const executions = join(root, 'executions.json');
    const directory = join(root, 'people.yaml');
    const Records = [byAna, again, byUnattributed, refused, linkRecord(iamUser('ana'), lake)];
    writeFileSync(trail, JSON.stringify({ Records }));
    const QueryExecution = {
      QueryExecutionId: idOf(byAna),
      Query: 'SELECT id FROM sales.orders',
      QueryExecutionContext: { Database: 'sales', Catalog: 'AwsDataCatalog' },
      StatementType: 'DML',
      WorkGroup: 'primary',
      Status: { State: 'SUCCEEDED', SubmissionDateTime: '2026-11-02T00:16:40Z' },
      Statistics: { DataScannedInBytes: 5_000_000_000 },
    };
    writeFileSync(executions, JSON.stringify([{ QueryExecution }]));
    writeFileSync(directory, DIRECTORY);
    const options = { from: '2026-11-02', timezone: 'UTC', trail, executions, directory, output, quiet: true };
    expect(await runCollect(options, quietIo({ clock }))).toBe(0);
  });

  it('lists persons with their names, and identities without one with the reason and the line to add', async () => {
    const { code, stdout } = await run('people', forest);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /ana@acorn\.example +human +analytics +1 +1 +2026-11-02 00:16 .*role-chain \(verified\).*role\/Lake/,
    );
    expect(stdout).toContain('arn:aws:iam::111122223333:role/Lost botocore-session-1760000009 (1 row,');
    expect(stdout).toContain('why: no event that issued the session Lost (ASIALOST) was found');
    expect(stdout).toContain(
      'add to roles: - { arn: "arn:aws:iam::111122223333:role/Lost", kind: workload, owner: "" }',
    );
  });

  it('says the same as JSON, within dates', async () => {
    const json = JSON.parse((await run('people', output, '--json')).stdout);
    expect(json.people).toMatchObject([{ person: 'ana@acorn.example', queries: 1, refused: 1, usernames: ['ana'] }]);
    expect(json.unresolved).toMatchObject([{ rows: 1, sample: idOf(byUnattributed), directory_section: 'roles' }]);
    const none = JSON.parse((await run('people', output, '--json', '--from', '2026-11-03')).stdout);
    expect(none).toMatchObject({ people: [], unresolved: [] });
    expect((await run('people', output, '--from', '2026-11-31')).code).toBe(2);
  });

  it('explains a row: chain, both starts, arithmetic, text, report', async () => {
    const { code, stdout } = await run('explain', idOf(byAna), forest);
    expect(code).toBe(0);
    expect(stdout).toContain('ana@acorn.example (human, role-chain, verified)');
    expect(stdout).toMatch(/└─ 2026-11-02T00:15:00\.000Z AssumeRole .*\n.*ana got ASIALAKE for Lake\n.*\n {5}└─ 2026/);
    expect(stdout).toMatch(new RegExp(`${byAna.eventID} the row`));
    expect(stdout).toMatch(new RegExp(`${again.eventID} repeated`));
    expect(stdout).toContain('awsdatacatalog.sales.orders');
    expect(stdout).toMatch(/\$0\.0\d+ \(scan:us-east-1:5\)/);
    expect(stdout).toContain('available: read from an export of executions');
    expect(stdout).toContain('account=1/region=2/year=2026/month=11/day=02/hour=00/report_2026_11_02_h00.csv');
    expect(stdout).not.toContain('differs');
  });

  it('explains a refused start by its event, and any start of a query by its event', async () => {
    const { stdout } = await run('explain', String(refused.eventID), output, '--day', '2026-11-02', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      row: { attribution: 'refused', person: 'ana@acorn.example', error_code: 'AccessDenied' },
      text: { status: 'refused' },
      report: { version: 1, stale: [] },
    });
    const repeated = JSON.parse((await run('explain', String(again.eventID), output, '--json')).stdout);
    expect(repeated.row.query_execution_id).toBe(idOf(byAna));
    expect(repeated.starts).toHaveLength(2);
  });

  it('tells what to do about an id that nothing names, and shows when the report knows less than a new directory', async () => {
    const unknown = await run('explain', '00000000-dead-4000-8000-000000000000', output);
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('no evidence');
    expect(unknown.stderr).toContain('aqt collect --from <day>');
    const directory = join(root, 'more.yaml');
    writeFileSync(directory, `${DIRECTORY}roles:\n  - { name: Lost, kind: workload, owner: nightly }\n`);
    const { stdout } = await run('explain', idOf(byUnattributed), output, '--directory', directory);
    expect(stdout).toContain('nightly (workload, directory, asserted)');
    expect(stdout).toMatch(/the report as written differs in person, person_kind/);
  });
});

describe('a program that takes a role for people', () => {
  it('looks like a broker, and the line that people prints names them', async () => {
    const root = mkdtempSync(join(tmpdir(), 'aqt-brokers-'));
    const [trail, executions, output] = ['trail.json', 'executions.json', 'out'].map((name) => join(root, name));
    const teleport = roleSession({
      role: 'teleport',
      name: 'i-0abc0123456789abc',
      context: { ec2RoleDelivery: '2.0' },
    });
    const Records = ['alice.kent', 'bob.lane', 'eve.moss'].flatMap((name, index) => {
      const session = { role: 'Analysts', name, key: `ASIA${index}`, began: 900 };
      return [linkRecord(teleport, session), startRecord(roleSession(session), { second: 1000 + index })];
    });
    writeFileSync(trail ?? '', JSON.stringify({ Records }));
    writeFileSync(executions ?? '', '[]');
    const run = async (...args: string[]) => {
      const io = quietIo({ clock });
      return { code: await runCli(args, io), ...io.written };
    };
    const collect = [
      'collect',
      '--from',
      '2026-11-02',
      '--timezone',
      'UTC',
      '--trail',
      trail ?? '',
      '--executions',
      executions ?? '',
    ];
    expect((await run(...collect, '--output', output ?? '')).code).toBe(0);
    const { stdout } = await run('people', output ?? '');
    expect(stdout).toContain('Looks like a broker');
    const line = /add to roles: (- \{.*kind: broker.*\})/.exec(stdout)?.[1] ?? '';
    const directory = join(root, 'directory.yaml');
    writeFileSync(directory, `roles:\n  ${line}\n`);
    expect((await run(...collect, '--output', output ?? '', '--directory', directory)).code).toBe(0);
    const after = JSON.parse((await run('people', output ?? '', '--json')).stdout);
    expect(after.brokers).toEqual([]);
    expect(after.people.map(({ person }: { person: string }) => person).sort()).toEqual([
      'alice.kent',
      'bob.lane',
      'eve.moss',
    ]);
  });
});
