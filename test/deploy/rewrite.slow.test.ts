import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { runDeploy } from '../../src/cli/operate/deploy.js';
import { COLUMNS } from '../../src/record/columns.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { iamUser, startRecord } from '../identity/evidence.js';
import { type AwsAccount, startAwsAccount } from './aws-account.js';

/** Three months after the day, all of whose hours are final then. */
const clock = createVirtualClock({ startsAt: Date.UTC(2027, 1, 1) });
const [STACK, BUCKET, CODE] = ['aqt', 'reports', 'code'];
const DAY = '2026-11-02';
const text = (Default: string) => ({ Type: 'String', Default });
const TEMPLATE = {
  Parameters: {
    ArtifactBucket: { Type: 'String' },
    ArtifactPrefix: text(''),
    CreateReportBucket: text('true'),
    ReportBucketName: text('auto'),
    ReportPrefix: text(''),
    ReportTimezone: text('UTC'),
    OutputType: text('csv'),
  },
  Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } },
};

const folder = mkdtempSync(join(tmpdir(), 'aqt-rewrite-'));
let simulator: Simulator;
let account: AwsAccount;
let env: Record<string, string> = {};
beforeAll(async () => {
  writeFileSync(join(folder, 'template.json'), JSON.stringify(TEMPLATE));
  writeFileSync(join(folder, 'hour-0123456789abcdef.zip'), 'the code');
  const files = { 'deploy/hour-0123456789abcdef.zip': {} };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '1.2.3', files }));
  const starts = [0, 1, 26, 60, 61].map((minutes) => startRecord(iamUser('ana'), { second: 1000 + minutes * 60 }));
  writeFileSync(join(folder, 'trail.json'), JSON.stringify({ Records: starts }));
  const executions = starts.map(({ responseElements, eventTime }) => ({
    QueryExecution: {
      QueryExecutionId: (responseElements as { queryExecutionId: string }).queryExecutionId,
      Query: "SELECT \"a,b\" -- it's\n\tFROM sales.orders WHERE x = '\\n'",
      StatementType: 'DML',
      WorkGroup: 'primary',
      Status: { State: 'SUCCEEDED', SubmissionDateTime: eventTime },
    },
  }));
  writeFileSync(join(folder, 'executions.json'), JSON.stringify(executions));
});
/** A stack whose bucket has the reports of a day in CSV: S3 is the simulator's, everything else the double's. */
beforeEach(async () => {
  const company = { startsAt: clock.now() - 86_400_000, days: 1, queriesPerDay: 1, noisePerDay: 0 };
  simulator = await startSimulator({ seed: 1, clock, company, buckets: [BUCKET, CODE] });
  account = await startAwsAccount();
  env = { ...account.env, AWS_ENDPOINT_URL_S3: simulator.url };
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = env[name];
  const offline = ['--trail', join(folder, 'trail.json'), '--executions', join(folder, 'executions.json')];
  const collect = ['collect', '--from', DAY, '--timezone', 'UTC', '--output', `s3://${BUCKET}`, ...offline];
  expect(await aqt(...collect)).toMatchObject({ code: 0 });
  account.stacks.set(STACK, {
    status: 'CREATE_COMPLETE',
    parameters: { ReportBucketName: BUCKET, ReportTimezone: 'UTC', OutputType: 'csv', CreateReportBucket: 'false' },
    outputs: { ReportBucketInUse: BUCKET, ReportLocation: `s3://${BUCKET}/`, DayMachineArn: 'arn:aws:states:day' },
    template: JSON.stringify(TEMPLATE),
  });
  // What runs is what was uploaded.
  const zip = new Map([['aqt/hour-0123456789abcdef.zip', Buffer.from('the code')]]);
  account.buckets.set(CODE, { owner: account.accountId, objects: zip });
  account.buckets.set(BUCKET, { owner: account.accountId, objects: new Map() });
  return async () => {
    await account.close();
    await simulator.close();
  };
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function aqt(...args: string[]) {
  const io = quietIo({ clock, env, stopwatch: () => performance.now() });
  return { code: await runCli(args, io), ...io.written };
}

async function deploy(options: Parameters<typeof runDeploy>[0], signal?: AbortSignal) {
  const io = quietIo({ clock, env, stopwatch: () => performance.now(), ...(signal ? { signal } : {}) });
  const given = { stack: STACK, artifactBucket: CODE, yes: true as const, ...options };
  return { code: await runDeploy(given, io, { artifacts: folder }), ...io.written };
}

function tree(): Map<string, Buffer> {
  const listed = [...simulator.store.list(BUCKET, { prefix: 'year=', after: '', now: clock.now() })];
  return new Map(listed.map(({ key, bytes }) => [key, bytes]));
}

const formats = () =>
  [...new Set([...tree().keys()].flatMap((key) => /report_.*\.(\w+)$/.exec(key)?.[1] ?? []))].sort();

async function rows(): Promise<unknown> {
  const sql = `SELECT ${COLUMNS.map(({ name }) => name).join(', ')} FROM queries ORDER BY event_id`;
  return JSON.parse((await aqt('query', `s3://${BUCKET}`, sql, '--format', 'json')).stdout);
}

describe('another format for a stack with reports', () => {
  it('is refused with the way out, and every byte stays as it is', async () => {
    const before = tree();
    await expect(deploy({ format: 'parquet' })).rejects.toThrow(/reports at s3:\/\/reports are csv.*--rewrite/);
    expect(tree()).toEqual(before);
    expect(account.calls).not.toContain('CreateChangeSet');
  });

  it('begins nothing while a day is collected', async () => {
    const before = tree();
    account.running.push('day-2027-01-31');
    await expect(deploy({ format: 'parquet', rewrite: true })).rejects.toThrow(
      /nothing was changed: day-2027-01-31 is collected now; wait for its end/,
    );
    expect(tree()).toEqual(before);
  });

  it('is what every hour has, with --rewrite, before the table changes: there, and back again', async () => {
    const before = await rows();
    expect(before).toHaveLength(5);
    for (const [format, version] of [
      ['parquet', 2],
      ['csv', 3],
    ] as const) {
      const { code, stderr } = await deploy({ format, rewrite: true });
      expect(code).toBe(0);
      expect(stderr).toMatch(
        new RegExp(`24 hours were written anew as ${format}\\.\\n[^]*is updated\\.\\n0 hours were`),
      );
      expect(formats()).toEqual([format]);
      expect(account.stacks.get(STACK)?.parameters.OutputType).toBe(format);
      expect(await rows()).toEqual(before);
      for (const [key, bytes] of tree())
        if (key.endsWith('_manifest.json')) expect(JSON.parse(String(bytes))).toMatchObject({ format, version });
      expect(await aqt('verify', `s3://${BUCKET}`, '--recompute')).toMatchObject({ code: 0 });
    }
  });

  it('goes on by the same command where it was stopped, and until then the doctor and another deployment tell', async () => {
    const before = await rows();
    const stop = new AbortController();
    const { put } = simulator.store;
    let parquet = 0;
    simulator.store.put = (...args) => {
      if (args[1].key.endsWith('.parquet') && ++parquet === 7) stop.abort();
      return put.apply(simulator.store, args);
    };
    await expect(deploy({ format: 'parquet', rewrite: true }, stop.signal)).rejects.toThrow();
    expect(formats()).toEqual(['csv', 'parquet']);
    expect(account.stacks.get(STACK)?.parameters.OutputType).toBe('csv');
    await expect(deploy({ format: 'parquet' })).rejects.toThrow(/are csv, and the table reads one format/);
    expect((await aqt('doctor', '--stack', STACK)).stdout).toMatch(
      /FAIL {2}format .*are parquet, and the table reads csv.*\n.*aqt deploy --format csv --rewrite/,
    );
    expect(await deploy({ format: 'parquet', rewrite: true })).toMatchObject({ code: 0 });
    expect(formats()).toEqual(['parquet']);
    expect(await rows()).toEqual(before);
    expect(await aqt('verify', `s3://${BUCKET}`, '--recompute')).toMatchObject({ code: 0 });
    expect((await aqt('doctor', '--stack', STACK)).stdout).toMatch(/ok {4}format .*every report .* is parquet/);
  });

  it('ends by the same command, too, when the change of the stack failed, or a run of the old format goes on', async () => {
    account.endsAs = 'UPDATE_ROLLBACK_COMPLETE';
    await expect(deploy({ format: 'parquet', rewrite: true })).rejects.toThrow('mend what these reasons name');
    account.endsAs = null;
    const stack = account.stacks.get(STACK);
    if (stack)
      Object.assign(stack, {
        status: 'UPDATE_ROLLBACK_COMPLETE',
        parameters: { ...stack.parameters, OutputType: 'csv' },
      });
    const { calls, running } = account;
    const push = calls.push.bind(calls);
    calls.push = (...operations) => {
      // The schedule fires while the stack changes.
      if (operations.includes('ExecuteChangeSet') && running.length === 0) running.push('day-2027-01-31');
      return push(...operations);
    };
    const half = await deploy({ format: 'parquet', rewrite: true });
    expect(half.code).toBe(5);
    expect(half.stderr).toContain('day-2027-01-31 began in the old format: when it has ended, the same command');
    calls.push = push;
    running.length = 0;
    expect(await deploy({ format: 'parquet', rewrite: true })).toMatchObject({ code: 0 });
    expect(formats()).toEqual(['parquet']);
    expect(await aqt('verify', `s3://${BUCKET}`)).toMatchObject({ code: 0 });
  });

  it('comes by settle, too, for whoever deploys in another way', async () => {
    const before = await rows();
    const settled = await aqt('settle', `s3://${BUCKET}`, '--format', 'json', '--no-scan');
    expect(settled.stdout).toContain('24 changed');
    expect(formats()).toEqual(['json']);
    expect(await rows()).toEqual(before);
    await expect(aqt('settle', `s3://${BUCKET}`, '--format', 'xml')).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--format xml: use csv, json, parquet'),
    });
  });
});
