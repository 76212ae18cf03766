import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { iamUser, startRecord } from '../identity/evidence.js';
import { readRows } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const root = mkdtempSync(join(tmpdir(), 'aqt-settle-directory-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const FORM = `roles:
  - { arn: "arn:aws:iam::111122223333:user/acme-bi", kind: tool, tool: acme-bi }
comments:
  - { app: acme-bi, form: "[acme-bi] {user} report={report_id}" }
`;

/** Three months after the day, all of whose hours are final then. */
const now = Date.UTC(2027, 1, 1);
const aqt = async (...args: string[]) => {
  const io = quietIo({ clock: { now: () => now, sleep: async () => {} } });
  return { code: await runCli(args, io), ...io.written };
};

it('settling with a directory that teaches a comment form heals the rows of final hours, once, and keeps what changed', async () => {
  const output = join(root, 'out');
  const [trail, executions, directory] = ['trail.json', 'executions.json', 'people.yaml'].map((name) =>
    join(root, name),
  );
  if (!trail || !executions || !directory) throw new Error('unreachable');
  const start = startRecord(iamUser('acme-bi'), { second: 1000 });
  const { queryExecutionId } = start.responseElements as { queryExecutionId: string };
  writeFileSync(trail, JSON.stringify({ Records: [start] }));
  const QueryExecution = {
    QueryExecutionId: queryExecutionId,
    Query: '/* [acme-bi] ana.silva report=7 */ SELECT id FROM sales.orders',
    StatementType: 'DML',
    WorkGroup: 'primary',
    Status: { State: 'SUCCEEDED', SubmissionDateTime: '2026-11-02T00:16:40Z' },
  };
  writeFileSync(executions, JSON.stringify([{ QueryExecution }]));
  writeFileSync(directory, FORM);
  const offline = ['--trail', trail, '--executions', executions];
  expect(
    await aqt('collect', '--from', '2026-11-02', '--timezone', 'UTC', '--output', output, ...offline),
  ).toMatchObject({ code: 0 });
  expect((await aqt('settle', output, ...offline)).stdout).toContain('Every hour is final.');
  expect(await readRows(output, 'csv')).toMatchObject([{ person: 'acme-bi', app: null, app_user: null }]);

  const settled = await aqt('settle', output, ...offline, '--directory', directory);
  expect(settled).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/1 changed\n2026-11-02 00h {2}version 1 → 2/),
  });
  expect(await readRows(output, 'csv')).toMatchObject([
    {
      person: 'ana.silva',
      identity_method: 'sql-comment',
      identity_confidence: 'claimed',
      app: 'acme-bi',
      app_user: 'ana.silva',
    },
  ]);
  const diffs = readdirSync(join(output, '_work/diffs/2026-11-02'));
  expect(diffs).toEqual(['h00-v2.json']);
  expect(readFileSync(join(output, '_work/diffs/2026-11-02/h00-v2.json'), 'utf8')).toMatch(/"app_user"/);
  expect((await aqt('explain', queryExecutionId, output)).stdout).toContain(
    'version 2: changed person, person_kind, identity_method',
  );
  expect((await aqt('verify', output, '--recompute')).code).toBe(0);

  expect((await aqt('settle', output, ...offline, '--directory', directory)).stdout).toMatch(/0 changed\nEvery hour/);
});
