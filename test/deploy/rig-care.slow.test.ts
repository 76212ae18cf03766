import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/calendar/report-day.js';
import { runQuery } from '../../src/cli/look/query.js';
import { runDestroy } from '../../src/cli/operate/destroy.js';
import { COLUMNS } from '../../src/record/columns.js';
import { type EmulatedAccount, NOW, openEmulatedAccount, reportsOf, YESTERDAY } from './emulated-account.js';
import { rigMissing } from './rig.js';

const missing = rigMissing();
if (missing) process.stderr.write(`SKIPPED: the careful deployment on the emulated account: ${missing}\n`);

const STACK = 'careful';
/** Days that are collected first; the one after them comes when the stack was destroyed and deployed again. */
const DAYS = [addDays(YESTERDAY, -2), addDays(YESTERDAY, -1)];
const CHORES = fileURLToPath(new URL('./careful-account.py', import.meta.url));

interface Prepared {
  readonly keys: readonly string[];
  readonly topic: string;
  readonly boundary: string;
  readonly subnet: string;
  readonly group: string;
}

let account: EmulatedAccount;
beforeAll(async () => {
  if (missing === null) account = await openEmulatedAccount({ isCareful: true });
}, 300_000);
afterAll(() => account?.close());

/** Does a chore in the account from outside, as its owners would. */
function chore(...words: readonly string[]): Record<string, unknown> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: account.rig.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  };
  return JSON.parse(execFileSync('python3', [CHORES, ...words], { env, encoding: 'utf8' })) as Record<string, unknown>;
}

/** Bytes of reports and manifests of days, by key. */
async function treeOf(bucket: string, days: readonly string[] = DAYS): Promise<Map<string, string>> {
  const found = await Promise.all(days.map((date) => reportsOf(bucket, account.rig.url, date)));
  return new Map(found.flatMap((day) => [...day]));
}

/** Every row of the tree, as readers get it. */
async function rowsOf(outputs: Record<string, string>): Promise<unknown[]> {
  const { io, out } = account.ioOf();
  const names = COLUMNS.map(({ name }) => name).join(', ');
  const sql = `SELECT ${names} FROM queries ORDER BY start_time, query_execution_id, event_id`;
  expect(await runQuery({ output: outputs.ReportLocation ?? '', sql, format: 'json' }, io)).toBe(0);
  return JSON.parse(out()) as unknown[];
}

describe.skipIf(missing)(
  'a careful organisation on an emulated account that enforces IAM',
  { timeout: 1_800_000 },
  () => {
    let outputs: Record<string, string> = {};
    let prepared: Prepared;
    let rows: unknown[] = [];

    it('deploys with tags, boundary, names, keys, network, lock and a topic of its own', async () => {
      prepared = chore('prepare') as unknown as Prepared;
      const [reports, trail, other, logs, queue] = prepared.keys;
      const deployed = await account.deploy({
        stack: STACK,
        tag: ['team=data platform', 'cost-centre=42'],
        parameter: [
          ...[`PermissionsBoundaryArn=${prepared.boundary}`, 'RolePath=/tracker/', 'RoleNamePrefix=audit-'],
          ...[`ReportKeyArn=${reports}`, `TrailKeyArn=${trail},${other}`, `LogKeyArn=${logs}`, `QueueKeyArn=${queue}`],
          ...[`AlarmTopicArn=${prepared.topic}`, `SubnetIds=${prepared.subnet}`, `SecurityGroupIds=${prepared.group}`],
          ...['ObjectLockMode=GOVERNANCE', 'ObjectLockDays=30', 'AccessLogBucket=access-logs-of-the-platform'],
          ...['HourReservedConcurrency=30', 'Tracing=on', `FirstDay=${DAYS[0]}`],
        ],
      });
      expect(deployed.code).toBe(0);
      outputs = deployed.outputs;
      expect(outputs.ReaderWorkgroup).toBe(STACK);
    });

    it('finds every day closed, without a hand, that was owed when the schedule came on', async () => {
      // Noon in New York, of whatever date: the schedule fires for the day before it.
      const states = await account.fire(`${YESTERDAY}T17:00:00Z`, DAYS, outputs);
      expect(DAYS.map((date) => states[`day-${date}`])).toEqual(DAYS.map(() => 'SUCCEEDED'));
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
      rows = await rowsOf(outputs);
      // A weekend has few.
      expect(rows.length).toBeGreaterThan(0);
    });

    it('finds its keys, names, tags, network and lock on what was made and written', () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const found = chore('look', STACK, bucket);
      const [reports, , , logs, queue] = prepared.keys;
      expect(found).toMatchObject({
        objectKeys: [reports],
        subnets: [prepared.subnet],
        tracing: ['Active'],
        concurrency: 30,
        logKeys: [logs],
        queueKeys: [queue],
        alarmActions: [prepared.topic],
        lock: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } },
        locked: ['GOVERNANCE'],
        retainedDays: [30],
        accessLogs: { TargetBucket: 'access-logs-of-the-platform', TargetPrefix: `${STACK}/` },
      });
      const roles = found.roles as { path: string; name: string; boundary: string }[];
      expect(roles.length).toBeGreaterThan(7);
      for (const role of roles)
        expect(role).toEqual({
          path: '/tracker/',
          name: expect.stringMatching(/^audit-careful-/),
          boundary: prepared.boundary,
        });
      expect(found.stackTags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'data platform' }]));
      expect(chore('erase', bucket, 'year=')).toEqual({ gone: 0, refused: ['AccessDenied'] });
    });

    it('is refused what would garble the tree, and keeps each byte of it', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const before = await treeOf(bucket);
      expect(before.size).toBe(DAYS.length * 48);
      await expect(account.deploy({ stack: STACK, format: 'parquet' })).rejects.toThrow(
        /OutputType=parquet: reports at .* are csv.*--rewrite/,
      );
      await expect(account.deploy({ stack: STACK, format: 'parquet', rewrite: true, timezone: 'UTC' })).rejects.toThrow(
        'a tree has one zone for ever',
      );
      expect(await treeOf(bucket)).toEqual(before);
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
    });

    it('updates what does not touch the tree, and every byte of it is as it was', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const before = await treeOf(bucket);
      const { err } = await account.deploy({ stack: STACK, collectRegion: ['us-west-2'] });
      expect(err).toContain('Regions no longer has us-east-1: what is collected stays');
      const moved = await account.deploy({ stack: STACK, collectRegion: ['us-east-1'], prefix: 'elsewhere' });
      expect(moved.err).toContain('ReportPrefix changes: what was written so far stays where it is');
      expect(moved.outputs.ReportLocation).toBe(`s3://${bucket}/elsewhere/`);
      const back = await account.deploy({ stack: STACK, prefix: '' });
      expect(back.outputs.ReportLocation).toBe(outputs.ReportLocation);
      expect(await treeOf(bucket)).toEqual(before);
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
    });

    it('changes csv to parquet: every hour reads rightly, and the table reads parquet', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      expect(chore('table', STACK)).toMatchObject({ serde: expect.stringContaining('OpenCSVSerde') });
      const { code, err } = await account.deploy({ stack: STACK, format: 'parquet', rewrite: true });
      expect(code).toBe(0);
      expect(err).toMatch(/48 hours were written anew as parquet\.[\s\S]*careful is updated\.[\s\S]*\n0 hours were/);
      const keys = [...(await treeOf(bucket)).keys()];
      expect(keys.filter((key) => key.endsWith('.parquet'))).toHaveLength(DAYS.length * 24);
      expect(keys).toHaveLength(DAYS.length * 48);
      expect(chore('table', STACK)).toMatchObject({ serde: expect.stringContaining('ParquetHiveSerDe') });
      expect(await rowsOf(outputs)).toEqual(rows);
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
    });

    it('destroys and deploys again by the printed command: the tree goes on with the next day', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const before = await treeOf(bucket);
      const { count: sealed } = chore('seals', bucket) as { count: number };
      const { io, err } = account.ioOf();
      expect(await runDestroy({ stack: STACK }, io, account.artifacts)).toBe(0);
      const again = /goes on with them: (aqt deploy .*)$/m.exec(err())?.[1] ?? '';
      expect(again).toContain(`--bucket ${bucket}`);
      expect(again).toContain("--tag 'team=data platform'");
      // Under another name: the rig keeps log groups that CloudFormation deletes.
      const deployed = await account.deploy({ ...optionsIn(again), stack: 'anew' });
      expect(deployed.outputs.ReportBucketInUse).toBe(bucket);
      expect(await treeOf(bucket)).toEqual(before);
      const states = await account.fire(new Date(NOW).toISOString(), [YESTERDAY], deployed.outputs);
      // The days before are closed: nothing of them is owed.
      expect(states).toEqual({ [`day-${YESTERDAY}`]: 'SUCCEEDED' });
      const next = [...(await treeOf(bucket, [YESTERDAY])).keys()];
      expect(next.filter((key) => key.endsWith('.parquet'))).toHaveLength(24);
      expect((chore('seals', bucket) as { count: number }).count).toBeGreaterThan(sealed);
      expect(await account.verified(deployed.outputs)).toMatchObject({ unexplained: 0, faults: [] });
      expect((await rowsOf(deployed.outputs)).length).toBeGreaterThanOrEqual(rows.length);
    });
  },
);

/** The options of a printed command, as the program would read them. */
function optionsIn(command: string): Parameters<EmulatedAccount['deploy']>[0] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(2);
  const options: Record<string, string | string[]> = {};
  for (let at = 0; at < words.length; at += 2) {
    const [name = '', value = ''] = [words[at]?.replace(/^--/, ''), words[at + 1]];
    if (name === 'parameter' || name === 'tag') options[name] = [...(options[name] ?? []), value];
    else options[name] = value;
  }
  return options;
}
