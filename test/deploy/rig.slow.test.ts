import { join } from 'node:path';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/calendar/report-day.js';
import { runQuery } from '../../src/cli/look/query.js';
import { runBackfillRemote } from '../../src/cli/operate/backfill-remote.js';
import { runDestroy } from '../../src/cli/operate/destroy.js';
import { execute } from './asl-interpreter.js';
import { dayDefinition } from './day-definition.js';
import {
  type EmulatedAccount,
  isReport,
  NOW,
  openEmulatedAccount,
  RIG_ACCOUNT,
  reportsOf,
  YESTERDAY,
} from './emulated-account.js';
import { createLambdaFunction } from './lambda-process.js';
import { isInstalled, rigMissing, startTranslator } from './rig.js';

const missing = rigMissing();
if (missing) process.stderr.write(`SKIPPED: the deployment on the emulated account: ${missing}\n`);

const hasCli = missing === null && isInstalled('aws');
if (missing === null && !hasCli)
  process.stderr.write('SKIPPED: deployment by the AWS CLI: it is not on this machine\n');

const STACK = 'aqt';

let account: EmulatedAccount;
beforeAll(async () => {
  if (missing === null) account = await openEmulatedAccount();
}, 300_000);
afterAll(() => account?.close());

describe.skipIf(missing)('the stack on an emulated account that enforces IAM', () => {
  let outputs: Record<string, string> = {};
  let firstReports: [string, string][] = [];

  it('is deployed by one command, and the second time there is nothing to do', async () => {
    const first = await account.deploy();
    expect(first.code).toBe(0);
    expect(first.err).toContain('Allow cloudtrail:LookupEvents');
    outputs = first.outputs;
    expect(outputs).toMatchObject({ DailySchedule: 'aqt-daily', ReportTable: 'aqt.queries' });
    const second = await account.deploy();
    expect(second.err).toContain('Nothing to do');
    expect(second.outputs).toEqual(outputs);
  });

  it('collects the day before when the schedule fires: 24 reports, 24 manifests, a clean ledger', async () => {
    const states = await account.fire(new Date(NOW).toISOString(), [YESTERDAY], outputs);
    expect(states[`day-${YESTERDAY}`]).toBe('SUCCEEDED');
    const objects = [...(await reportsOf(outputs.ReportBucketInUse ?? '', account.rig.url, YESTERDAY))];
    expect(objects.filter(isReport)).toHaveLength(24);
    expect(objects).toHaveLength(48);
    firstReports = objects.filter(isReport);
    expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, findings: [] });
    const { calls } = await account.rig.stats();
    const of = (k: string) => new Set(calls.filter((call) => call.k === k).map(({ action }) => action));
    // The rig judges these two against `*`, which no policy of ours allows: told by the run, and harmless to it.
    // Which of them are asked at all depends on what the company did yesterday.
    expect(['athena:ListTagsForResource', 'glue:GetTable']).toEqual(expect.arrayContaining([...of('IAM:denied')]));
    // What was asked for was really judged.
    expect([...of('IAM:allowed')]).toEqual(
      expect.arrayContaining([
        'cloudtrail:LookupEvents',
        'athena:BatchGetQueryExecution',
        'athena:ListQueryExecutions',
      ]),
    );
  });

  it.skipIf(!hasCli)('takes the previous day also from an empty payload, and starts nothing twice', async () => {
    expect(await account.invokePlanner(outputs.PlannerFunctionName)).toMatchObject({
      started: [{ report_date: YESTERDAY, started: false }],
    });
  });

  it('starts nothing twice when the schedule fires again', async () => {
    const before = (await account.rig.stats()).stats.StartExecution;
    await account.rig.post('/_rig/fire', { name: outputs.DailySchedule, at: new Date(NOW).toISOString() });
    await account.fire(new Date(NOW).toISOString(), [YESTERDAY], outputs);
    const sfn = account.client((config) => new SFNClient(config));
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: outputs.DayMachineArn ?? '' }),
    );
    expect(executions).toHaveLength(1);
    expect(before).toBeGreaterThan(0);
  });

  it('wrote the same bytes that the account.simulator gets', async () => {
    const translators = [
      await startTranslator(account.simulator.url, { outside: RIG_ACCOUNT, inside: account.simulatedAccount }),
    ];
    const [translator] = translators;
    const env = {
      AWS_ENDPOINT_URL: translator?.url ?? '',
      AWS_ENDPOINT_URL_S3: account.simulator.url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: 'us-east-1',
      S3_BUCKET: 'reports',
      OUTPUT_TYPE: 'csv',
    };
    const bundle = (name: string) => join(account.built.folder, 'lambda', name, 'index.mjs');
    const names: Record<string, string> = { Scan: 'scan', Hour: 'hour', CloseDay: 'close-day' };
    const functions = Object.fromEntries(
      Object.entries(names).map(([id, name]) => [
        id,
        createLambdaFunction({
          name: `aqt-${name}`,
          bundle: bundle(name),
          accountId: RIG_ACCOUNT,
          env,
          concurrency: 2,
          timeoutMs: 900_000,
        }),
      ]),
    );
    try {
      const execution = await execute(
        dayDefinition(account.built.folder),
        { report_date: YESTERDAY },
        {
          task: async (_, { FunctionName, Payload }) => ({
            Payload: await functions[String(FunctionName)]?.invoke(Payload),
          }),
          wait: async () => {},
          random: () => 0.5,
        },
      );
      expect(execution).toMatchObject({ status: 'SUCCEEDED' });
      const onSimulator = [...(await reportsOf('reports', account.simulator.url, YESTERDAY))].filter(isReport);
      const onRig = [...(await reportsOf(outputs.ReportBucketInUse ?? '', account.rig.url, YESTERDAY))].filter(
        isReport,
      );
      expect(onSimulator).toEqual(onRig);
      expect(onRig.map(([, text]) => text.split('\n').length - 2).reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(
        5,
      );
    } finally {
      for (const one of Object.values(functions)) one.close();
      for (const { close } of translators) close();
    }
  });

  // The rig cannot update a stack: it takes resources whose condition does not hold, and that hold an Fn::If, for changed.
  it.skipIf(!hasCli)('collects a range that the planner is given by TEST_START_DATE and TEST_END_DATE', async () => {
    const range = [addDays(YESTERDAY, -2), addDays(YESTERDAY, -1)] as const;
    await account.invokePlanner(outputs.PlannerFunctionName, { TEST_START_DATE: range[0], TEST_END_DATE: range[1] });
    const states = await account.ended(range, outputs);
    expect(range.map((date) => states[`day-${date}`])).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect((await account.verified(outputs)).unexplained).toBe(0);
  });

  it('back-fills a range by command and follows it; then verify is clean', async () => {
    const { io, out } = account.ioOf();
    const range = { from: addDays(YESTERDAY, -2), to: YESTERDAY };
    expect(await runBackfillRemote({ stack: STACK, ...range, json: true }, io)).toBe(0);
    expect(JSON.parse(out())).toMatchObject({ status: 'SUCCEEDED' });
    expect(await account.verified(outputs)).toMatchObject({ code: 0, unexplained: 0, findings: [], faults: [] });
  });

  it('is found healthy by the doctor, but for what the rig cannot have', async () => {
    const findings = await account.diagnosed();
    const of = (status: string) => findings.filter((finding) => finding.status === status).map(({ check }) => check);
    expect(of('fail')).toEqual([]);
    // The rig has no trail, and its Athena sends no events.
    expect(await account.warnings()).toEqual(['trail', 'events']);
    expect(of('pass')).toEqual(
      expect.arrayContaining([
        'credentials',
        'stack',
        'schedule',
        'event-history',
        'regions',
        'workgroups',
        'reports',
        'findings',
      ]),
    );
  });

  it('is asked of Athena by --engine athena; the rig reads no table, and answers what it was given', async () => {
    const cell = (text: string) => ({ VarCharValue: text });
    const rows = [{ Data: [cell('person'), cell('n')] }, { Data: [cell('ana'), cell('42')] }];
    const column_info = ['varchar', 'bigint'].map((Type, index) => ({ Name: ['person', 'n'][index], Type }));
    const answer = { account_id: RIG_ACCOUNT, region: 'us-east-1', results: [{ rows, column_info }] };
    await account.rig.post('/moto-api/static/athena/query-results', answer).catch(() => {});
    const { io, out, err } = account.ioOf();
    const asked = { output: outputs.ReportLocation ?? '', engine: 'athena', stack: STACK };
    const sql = 'SELECT person, count(*) AS n FROM queries GROUP BY 1';
    expect(await runQuery({ ...asked, sql, json: true }, io)).toBe(0);
    expect(JSON.parse(out())).toEqual([{ person: 'ana', n: 42 }]);
    expect(err()).toMatch(/^Athena reads \d.* at most: \d+ reports, workgroup aqt\nAthena has read /);
    await expect(runQuery({ ...asked, sql, output: 's3://another' }, io)).rejects.toThrow(
      /the table of stack aqt is over s3:/,
    );
    await expect(runQuery({ ...asked, sql, stack: 'none' }, io)).rejects.toThrow(/there is no stack none in us-east-1/);
  });

  it('goes, and leaves the reports; then they go too when told so', async () => {
    const bucket = outputs.ReportBucketInUse ?? '';
    const first = account.ioOf();
    expect(await runDestroy({ stack: STACK }, first.io, account.artifacts)).toBe(0);
    expect(first.out()).toBe(`${outputs.ReportLocation}\n`);
    expect((await reportsOf(bucket, account.rig.url, YESTERDAY)).size).toBe(48);
    // Deployed again onto the same bucket, and this time removed with it. Under another name: the rig keeps log groups that
    // CloudFormation deletes.
    const again = await account.deploy({ stack: 'again', bucket });
    expect(again.outputs.ReportBucketInUse).toBe(bucket);
    expect(again.err).toContain('is used as it is');
    const second = account.ioOf();
    expect(await runDestroy({ stack: 'again', deleteReports: true, yes: true }, second.io, account.artifacts)).toBe(0);
    expect((await reportsOf(bucket, account.rig.url, YESTERDAY)).size).toBe(0);
  });

  it.skipIf(!hasCli)(
    'is deployed by the AWS CLI alone from the standalone template, and writes the same bytes',
    async () => {
      account.aws(['s3', 'mb', 's3://templates']);
      const args = [
        ...['cloudformation', 'deploy', '--stack-name', 'inline', '--capabilities', 'CAPABILITY_IAM'],
        ...['--template-file', 'template.standalone.json', '--s3-bucket', 'templates'],
      ];
      expect(account.aws(args)).toContain('Successfully created/updated stack - inline');
      const described = JSON.parse(
        account.aws(['cloudformation', 'describe-stacks', '--stack-name', 'inline', '--output', 'json']),
      );
      const inline: Record<string, string> = Object.fromEntries(
        described.Stacks[0].Outputs.map((output: { OutputKey: string; OutputValue: string }) => [
          output.OutputKey,
          output.OutputValue,
        ]),
      );
      expect(await account.invokePlanner(inline.PlannerFunctionName)).toMatchObject({
        started: [{ report_date: YESTERDAY, started: true }],
      });
      const states = await account.ended([YESTERDAY], inline);
      expect(states[`day-${YESTERDAY}`]).toBe('SUCCEEDED');
      const written = [...(await reportsOf(inline.ReportBucketInUse ?? '', account.rig.url, YESTERDAY))].filter(
        isReport,
      );
      expect(written).toHaveLength(24);
      expect(written).toEqual(firstReports);
      account.aws(['cloudformation', 'delete-stack', '--stack-name', 'inline']);
    },
  );
});
