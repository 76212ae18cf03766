import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBackfillRemote } from '../../src/cli/operate/backfill-remote.js';
import { runDeploy } from '../../src/cli/operate/deploy.js';
import { runDestroy } from '../../src/cli/operate/destroy.js';
import { runDoctor } from '../../src/cli/operate/doctor.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { type AwsAccount, type DoubleStack, SQUATTER, startAwsAccount } from './aws-account.js';

/** Sleeping lets time pass: whoever paces calls waits for that. */
const clock = createVirtualClock({ startsAt: Date.UTC(2026, 10, 20) });
const STACK = 'aqt';
const text = (Default: string) => ({ Type: 'String', Default });
const TEMPLATE = {
  Parameters: {
    ArtifactBucket: { Type: 'String' },
    ArtifactPrefix: text(''),
    CreateReportBucket: text('true'),
    ReportBucketName: text('auto'),
    ReportPrefix: text(''),
    ReportTimezone: text('America/New_York'),
    OutputType: text('csv'),
    ObjectLockMode: text(''),
    FirstYear: { Type: 'Number', Default: 2024 },
    LastYear: { Type: 'Number', Default: 2035 },
  },
  Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } },
};

let account: AwsAccount;
let artifacts = '';
beforeEach(async () => {
  account = await startAwsAccount();
  artifacts = await mkdtemp(join(tmpdir(), 'aqt-artifacts-'));
  await writeFile(join(artifacts, 'template.json'), JSON.stringify(TEMPLATE));
  await writeFile(join(artifacts, 'hour-0123456789abcdef.zip'), 'the code');
  const files = { 'deploy/hour-0123456789abcdef.zip': {} };
  await writeFile(join(artifacts, 'manifest.json'), JSON.stringify({ version: '1.2.3', files }));
});
afterEach(async () => {
  await account.close();
  await rm(artifacts, { recursive: true, force: true });
});

type Options = Parameters<typeof runDeploy>[0];
async function run(command: 'deploy' | 'destroy' | 'doctor', options: Options & { deleteReports?: true } = {}) {
  const io = quietIo({ clock, env: account.env });
  const given = { stack: STACK, yes: true as const, ...options };
  const code =
    command === 'deploy'
      ? await runDeploy(given, io, { artifacts })
      : command === 'destroy'
        ? await runDestroy(given, io, { artifacts })
        : await runDoctor(given, io);
  return { code, ...io.written };
}

function kept(more: Partial<DoubleStack> = {}): void {
  const bucket = 'reports-1';
  account.buckets.set(bucket, { owner: account.accountId, objects: new Map() });
  const stack: DoubleStack = {
    status: 'CREATE_COMPLETE',
    parameters: {
      ReportBucketName: bucket,
      ReportTimezone: 'America/New_York',
      OutputType: 'csv',
      CreateReportBucket: 'true',
    },
    outputs: { ReportBucketInUse: bucket, ReportLocation: `s3://${bucket}/`, DeadLetterQueueUrl: 'http://q/1/dead' },
    template: JSON.stringify(TEMPLATE),
  };
  account.stacks.set(STACK, { ...stack, ...more });
}

const codeBucket = () => account.stacks.get(STACK)?.parameters.ArtifactBucket ?? '';
const zipsIn = (bucket: string) => [...(account.buckets.get(bucket)?.objects.keys() ?? [])];

describe('the bucket for the code', () => {
  it('has a name that does not follow from account and Region, and is found again in the list of the account alone', async () => {
    await run('deploy');
    const first = codeBucket();
    expect(first).toMatch(/^aqt-artifacts-111122223333-us-east-1-[a-z2-7]{16}$/);
    expect(zipsIn(first)).toEqual(['aqt/hour-0123456789abcdef.zip']);
    // Somebody else's bucket of a name that sorts before it is in no list of ours.
    const foreign = 'aqt-artifacts-111122223333-us-east-1-aaaaaaaaaaaaaaaa';
    account.buckets.set(foreign, { owner: SQUATTER, objects: new Map() });
    account.stacks.delete(STACK);
    await run('deploy', { stack: 'other' });
    expect(account.stacks.get('other')?.parameters.ArtifactBucket).toBe(first);
    expect(zipsIn(foreign)).toEqual([]);
  });

  it('that somebody took is refused with words, and nothing is written or changed', async () => {
    const name = 'aqt-artifacts-111122223333-us-east-1-bbbbbbbbbbbbbbbb';
    account.buckets.set(name, { owner: SQUATTER, objects: new Map() });
    kept();
    const { parameters } = account.stacks.get(STACK) ?? {};
    if (parameters) parameters.ArtifactBucket = name;
    const refused = /the bucket aqt-artifacts-\S+ cannot be used .*belongs to another account.*--artifact-bucket/;
    await expect(run('deploy', { format: 'csv' })).rejects.toThrow(refused);
    await expect(run('deploy', { stack: 'other', artifactBucket: name })).rejects.toThrow(refused);
    expect(account.calls.filter((call) => /^PUT|ChangeSet/.test(call))).toEqual([]);
    const doctor = await run('doctor');
    expect(doctor.stdout).toMatch(/FAIL {2}code-bucket .*belongs to another account.*Never update the stack from it/);
  });

  it('that is gone is made anew under another name', async () => {
    await run('deploy');
    const first = codeBucket();
    account.buckets.delete(first);
    expect((await run('doctor')).stdout).toMatch(/warn {2}code-bucket .* is gone: the functions run on without it/);
    // The same chance would make up the same name.
    const { stderr } = await run('deploy', { parameter: ['LastYear=2040'] });
    expect(stderr).toContain(`The bucket ${first}, where the code of this stack lay, is gone`);
    expect(zipsIn(codeBucket())).toHaveLength(1);
  });

  it('is not looked for by whoever may not list buckets: it has to be named', async () => {
    account.mayListBuckets = false;
    await expect(run('deploy')).rejects.toThrow(/s3:ListAllMyBuckets is denied.*--artifact-bucket/);
    account.buckets.set('ours', { owner: account.accountId, objects: new Map() });
    expect((await run('deploy', { artifactBucket: 'ours' })).code).toBe(0);
    expect(zipsIn('ours')).toHaveLength(1);
    // One that the user named is named again, and stays.
    expect((await run('destroy')).stderr).toContain('aqt deploy --stack aqt --artifact-bucket ours');
    expect(account.buckets.has('ours')).toBe(true);
  });

  it('that is asked for and not there is a wrong option', async () => {
    await expect(run('deploy', { artifactBucket: 'nowhere' })).rejects.toThrow('there is no such bucket');
  });
});

describe('destroy', () => {
  it('prints the command that goes on with the same reports, with tags and all', async () => {
    await run('deploy', { prefix: 'audit', tag: ['team=data platform'] });
    const bucket = account.stacks.get(STACK)?.outputs.ReportBucketInUse ?? '';
    const { stdout, stderr, code } = await run('destroy');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `s3://${bucket}/\n` });
    const again = `aqt deploy --stack aqt --prefix audit --bucket ${bucket} --tag 'team=data platform'`;
    expect(stderr).toContain(`goes on with them: ${again}\n`);
    // Its name is made up: nobody trusts it later.
    expect([...account.buckets.keys()]).toEqual([bucket]);
    await run('deploy', { bucket, prefix: 'audit' });
    expect(account.stacks.get(STACK)?.outputs.ReportBucketInUse).toBe(bucket);
    expect(account.stacks.get(STACK)?.parameters.CreateReportBucket).toBe('false');
  });

  it('prints a command that is not refused where the bucket has a lock', async () => {
    await run('deploy', { parameter: ['ObjectLockMode=GOVERNANCE'] });
    const bucket = account.stacks.get(STACK)?.outputs.ReportBucketInUse ?? '';
    expect((await run('destroy')).stderr).toContain(`: aqt deploy --stack aqt --bucket ${bucket}\n`);
    await expect(run('deploy', { bucket, parameter: ['ObjectLockMode=GOVERNANCE'] })).rejects.toThrow(
      'set the lock on',
    );
    expect((await run('deploy', { bucket })).code).toBe(0);
  });

  it('goes through where report bucket and code bucket are gone, and says how to begin anew', async () => {
    await run('deploy');
    account.buckets.clear();
    const { code, stdout, stderr } = await run('destroy', { deleteReports: true });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/is gone already, and the reports in it. To begin anew: aqt deploy --stack aqt/);
    expect(account.stacks.size).toBe(0);
  });

  it('touches no bucket that somebody else has now, and is no success when it should have emptied it', async () => {
    kept();
    account.buckets.set('reports-1', { owner: SQUATTER, objects: new Map([['year=2026/x', Buffer.from('x')]]) });
    const { code, stderr } = await run('destroy', { deleteReports: true });
    expect(code).toBe(4);
    expect(stderr).toContain('The bucket reports-1 cannot be looked at: it belongs to another account');
    expect(zipsIn('reports-1')).toHaveLength(1);
  });

  it('removes a stack that never worked, and says that it had no reports', async () => {
    kept({ status: 'ROLLBACK_COMPLETE', outputs: {} });
    expect((await run('destroy')).stderr).toContain('It had no reports. To deploy it anew: aqt deploy');
  });

  it.each(['UPDATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
    'waits for the end of %s',
    async (status) => {
      kept({ status });
      await expect(run('destroy')).rejects.toThrow('somebody is changing it; wait for the end');
    },
  );

  it('that fails says why, and what to do', async () => {
    kept();
    account.endsAs = 'DELETE_FAILED';
    await expect(run('destroy')).rejects.toThrow(
      /HourFunction: no such key\n.*mend that, then: aqt destroy --stack aqt/,
    );
  });
});

describe('deploy over a stack that is not well', () => {
  it('removes what an earlier creation left, and makes the stack', async () => {
    kept({ status: 'ROLLBACK_COMPLETE', outputs: {} });
    const { code, stderr } = await run('deploy');
    expect(code).toBe(0);
    expect(stderr).toContain('an earlier creation of aqt failed: what is left of it is removed first');
    expect(account.calls).toContain('DeleteStack');
    expect(account.stacks.get(STACK)?.status).toBe('CREATE_COMPLETE');
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name aqt'],
    ['UPDATE_FAILED', 'rollback-stack --stack-name aqt'],
    ['DELETE_FAILED', 'aqt destroy --stack aqt'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'wait for the end'],
  ])('changes nothing at %s, and says what to do', async (status, words) => {
    kept({ status });
    await expect(run('deploy', { format: 'csv' })).rejects.toThrow(words);
    expect(account.calls).not.toContain('CreateChangeSet');
    expect((await run('doctor')).stdout).toContain(words);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'what is left of the stack is removed first'],
    ['UPDATE_ROLLBACK_COMPLETE', 'aqt is as it was before: mend what these reasons name'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback'],
  ])('says what to do when its own change ends as %s', async (endsAs, words) => {
    account.endsAs = endsAs;
    await expect(run('deploy')).rejects.toThrow(words);
  });

  it('is refused where the bucket with the reports is gone, with the way out', async () => {
    kept();
    account.buckets.delete('reports-1');
    await expect(run('deploy', { parameter: ['LastYear=2040'] })).rejects.toThrow(
      /the bucket reports-1, in which aqt keeps its reports, is gone.*aqt destroy --stack aqt/,
    );
    expect((await run('doctor')).stdout).toMatch(/FAIL {2}report-bucket .*reports-1 is gone, and with it the reports/);
    // The way out.
    await run('destroy');
    await run('deploy', { bucket: 'reports-1' });
    expect(account.buckets.get('reports-1')?.owner).toBe(account.accountId);
  });
});

describe('a back-fill', () => {
  it('is not started on a stack that never worked', async () => {
    kept({ status: 'ROLLBACK_COMPLETE', outputs: {} });
    const io = quietIo({ clock, env: account.env });
    const range = { from: '2026-11-01', to: '2026-11-02' };
    await expect(runBackfillRemote({ stack: STACK, ...range }, io)).rejects.toThrow(
      'an earlier creation of aqt failed: what is left of it is removed first: aqt deploy --stack aqt makes it work',
    );
  });
});

describe('the doctor', () => {
  it('reads the dead-letter queue, and tells where it is gone', async () => {
    kept();
    account.deadLetters = [{ Body: JSON.stringify({ responsePayload: { errorMessage: 'no such zone' } }) }];
    expect((await run('doctor')).stdout).toMatch(/FAIL {2}dead-letters .*one says: no such zone/);
    account.deadLetters = null;
    expect((await run('doctor')).stdout).toMatch(/FAIL {2}dead-letters .*is gone: what cannot be started is lost/);
  });

  it('looks at nothing of a stack that never worked, and says what to do', async () => {
    kept({ status: 'ROLLBACK_COMPLETE', outputs: {} });
    const { stdout } = await run('doctor');
    expect(stdout).toMatch(/FAIL {2}stack .*ROLLBACK_COMPLETE/);
    expect(stdout).not.toMatch(/dead-letters|schedule/);
  });
});
