import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/calendar/report-day.js';
import { runDestroy } from '../../src/cli/operate/destroy.js';
import { type EmulatedAccount, NOW, openEmulatedAccount, reportsOf, YESTERDAY } from './emulated-account.js';
import { rigMissing } from './rig.js';

const missing = rigMissing();
if (missing) process.stderr.write(`SKIPPED: the careful deployment on the emulated account: ${missing}\n`);

const STACK = 'careful';
/** The schedule was off for so long. */
const DAYS = [3, 2, 1].map((back) => addDays(YESTERDAY, 1 - back));
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
  if (missing === null) account = await openEmulatedAccount();
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

/** Bytes of the days' reports and manifests, by key. */
async function treeOf(bucket: string): Promise<Map<string, string>> {
  const days = await Promise.all(DAYS.map((date) => reportsOf(bucket, account.rig.url, date)));
  return new Map(days.flatMap((day) => [...day]));
}

describe.skipIf(missing)(
  'a careful organisation on an emulated account that enforces IAM',
  { timeout: 1_200_000 },
  () => {
    let outputs: Record<string, string> = {};
    let prepared: Prepared;
    let options: Parameters<EmulatedAccount['deploy']>[0] = {};

    it('deploys with tags, boundary, names, keys, network, lock and a topic of its own', async () => {
      prepared = chore('prepare') as unknown as Prepared;
      const [reports, trail, other, logs, queue] = prepared.keys;
      options = {
        stack: STACK,
        tag: ['team=data platform', 'cost-centre=42'],
        parameter: [
          ...[`PermissionsBoundaryArn=${prepared.boundary}`, 'RolePath=/tracker/', 'RoleNamePrefix=audit-'],
          ...[`ReportKeyArn=${reports}`, `TrailKeyArn=${trail},${other}`, `LogKeyArn=${logs}`, `QueueKeyArn=${queue}`],
          ...[`AlarmTopicArn=${prepared.topic}`, `SubnetIds=${prepared.subnet}`, `SecurityGroupIds=${prepared.group}`],
          ...['ObjectLockMode=GOVERNANCE', 'ObjectLockDays=30', 'AccessLogBucket=access-logs-of-the-platform'],
          ...['HourReservedConcurrency=30', 'Tracing=on', 'SystemTableWorkgroup=primary', `FirstDay=${DAYS[0]}`],
        ],
      };
      const deployed = await account.deploy(options);
      expect(deployed.code).toBe(0);
      outputs = deployed.outputs;
      expect(outputs.ReaderWorkgroup).toBe(STACK);
    });

    it('finds every day closed, without a hand, that was owed when the schedule came on', async () => {
      const states = await account.fire(new Date(NOW).toISOString(), DAYS, outputs);
      expect(DAYS.map((date) => states[`day-${date}`])).toEqual(DAYS.map(() => 'SUCCEEDED'));
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
    });

    it('finds its keys, names, tags and network on what was made and written', () => {
      // The rig takes the lock and the bucket for access logs of a template, and makes neither.
      const found = chore('look', STACK, outputs.ReportBucketInUse ?? '');
      const [reports, , , logs] = prepared.keys;
      expect(found).toMatchObject({
        objectKeys: [reports],
        subnets: [prepared.subnet],
        tracing: 'Active',
        logKeys: [logs],
        alarmActions: [prepared.topic],
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
    });

    it('is refused what would garble the tree, and keeps each byte of it', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const before = await treeOf(bucket);
      expect(before.size).toBe(DAYS.length * 48);
      await expect(account.deploy({ stack: STACK, format: 'parquet' })).rejects.toThrow(
        /OutputType=parquet: the reports at .* are csv/,
      );
      await expect(account.deploy({ stack: STACK, timezone: 'Europe/Berlin' })).rejects.toThrow(
        'a tree has one zone for ever',
      );
      expect(await treeOf(bucket)).toEqual(before);
      expect(await account.verified(outputs)).toMatchObject({ unexplained: 0, faults: [] });
    });

    it('destroys and deploys again by the printed command: the tree goes on', async () => {
      const bucket = outputs.ReportBucketInUse ?? '';
      const before = await treeOf(bucket);
      const { io, err } = account.ioOf();
      expect(await runDestroy({ stack: STACK }, io, account.artifacts)).toBe(0);
      const again = /goes on with them: (aqt deploy .*)$/m.exec(err())?.[1] ?? '';
      expect(again).toContain(`--bucket ${bucket}`);
      expect(again).toContain("--tag 'team=data platform'");
      // Under another name: the rig keeps log groups that CloudFormation deletes.
      const deployed = await account.deploy({ ...optionsIn(again), stack: 'anew' });
      expect(deployed.outputs.ReportBucketInUse).toBe(bucket);
      expect(await treeOf(bucket)).toEqual(before);
      // All days are closed already: the first run owes nothing, and collects the one that it is asked for.
      const states = await account.fire(new Date(NOW).toISOString(), [YESTERDAY], deployed.outputs);
      expect(Object.keys(states)).toEqual([`day-${YESTERDAY}`]);
      expect(await account.verified(deployed.outputs)).toMatchObject({ unexplained: 0, faults: [] });
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
