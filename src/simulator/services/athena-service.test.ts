import {
  AthenaClient,
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  GetWorkGroupCommand,
  ListQueryExecutionsCommand,
  ListWorkGroupsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeUserCommand } from '@aws-sdk/client-identitystore';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, expect, test } from 'vitest';
import { startTestSimulator } from '../clients.fixture.js';

type Started = Awaited<ReturnType<typeof startTestSimulator>>;
const running: Started[] = [];
async function start(...args: Parameters<typeof startTestSimulator>): Promise<Started> {
  const started = await startTestSimulator(...args);
  running.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.close()));
});

function mainRows({ simulator, world }: Started) {
  return [...simulator.truth.rows({ accountId: world.company.accounts.main, region: 'us-east-1' })].flatMap((row) =>
    row.queryExecutionId === null ? [] : [{ ...row, queryExecutionId: row.queryExecutionId }],
  );
}

test('executions come back as the truth has them', async () => {
  const started = await start();
  const rows = mainRows(started).slice(0, 50);
  const ids = rows.map((row) => row.queryExecutionId);
  const answer = await started.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
  expect(answer.UnprocessedQueryExecutionIds).toEqual([]);
  const byId = new Map(answer.QueryExecutions?.map((execution) => [execution.QueryExecutionId, execution]));
  for (const row of rows) {
    const execution = byId.get(row.queryExecutionId);
    expect(execution?.Query).toBe(row.query);
    expect(execution?.Status?.State).toBe(row.finalState);
    expect(execution?.Status?.SubmissionDateTime?.getTime()).toBe(row.submittedAt);
    expect(execution?.Status?.CompletionDateTime?.getTime()).toBe(row.completedAt);
    expect(execution?.Statistics?.DataScannedInBytes).toBe(row.scannedBytes);
    expect(execution?.WorkGroup).toBe(row.workGroup);
    expect(execution?.Statistics?.DpuCount !== undefined).toBe(row.workGroup === 'bi');
  }
});

test('the lists of the workgroups name every execution once, newest first', async () => {
  const started = await start();
  const { athena, clock } = started;
  const groups = (await athena.send(new ListWorkGroupsCommand({}))).WorkGroups?.map((group) => group.Name) ?? [];
  const listed: string[] = [];
  for (const WorkGroup of groups) {
    let NextToken: string | undefined;
    do {
      const page = await athena.send(new ListQueryExecutionsCommand({ WorkGroup, NextToken }));
      listed.push(...(page.QueryExecutionIds ?? []));
      NextToken = page.NextToken;
      await clock.sleep(200);
    } while (NextToken);
  }
  const expected = mainRows(started).filter((row) => row.workGroup !== 'legacy-reports');
  expect(listed.toSorted()).toEqual(expected.map((row) => row.queryExecutionId).sort());
});

test('a deleted workgroup is no longer listed, its executions are still known by id', async () => {
  const started = await start();
  const row = mainRows(started).find((candidate) => candidate.workGroup === 'legacy-reports');
  const { athena } = started;
  await expect(athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'legacy-reports' }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
  const { QueryExecution } = await athena.send(
    new GetQueryExecutionCommand({ QueryExecutionId: row?.queryExecutionId }),
  );
  expect(QueryExecution?.WorkGroup).toBe('legacy-reports');
});

test('an execution is gone after 45 days, and unknown ids are named one by one', async () => {
  const started = await start({ now: Date.UTC(2026, 10, 1, 4) + 46 * 86_400_000 });
  const rows = mainRows(started);
  const ids = [rows[0]?.queryExecutionId ?? '', rows.at(-1)?.queryExecutionId ?? '', 'no-such-id'];
  const answer = await started.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
  expect(answer.QueryExecutions?.map((execution) => execution.QueryExecutionId)).toEqual([ids[1]]);
  expect(answer.UnprocessedQueryExecutionIds?.map((unprocessed) => unprocessed.QueryExecutionId)).toEqual([
    ids[0],
    ids[2],
  ]);
  await expect(started.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: ids[0] }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
    AthenaErrorCode: 'QUERY_EXECUTION_NOT_FOUND',
    message: `QueryExecution ${ids[0]} was not found`,
  });
});

test.each(['unprocessed', 'whole-call'] as const)('a forbidden workgroup answers %s', async (deniedInBatch) => {
  const started = await start({ deniedWorkGroups: ['finance'], deniedInBatch });
  const { athena } = started;
  const rows = mainRows(started);
  const forbidden = rows.find((row) => row.workGroup === 'finance')?.queryExecutionId ?? '';
  const allowed = rows.find((row) => row.workGroup === 'analytics')?.queryExecutionId ?? '';
  const denied = { name: 'AccessDeniedException' };
  await expect(athena.send(new GetQueryExecutionCommand({ QueryExecutionId: forbidden }))).rejects.toMatchObject(
    denied,
  );
  await expect(athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'finance' }))).rejects.toMatchObject(denied);
  const batch = athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: [forbidden, allowed] }));
  if (deniedInBatch === 'whole-call') await expect(batch).rejects.toMatchObject(denied);
  else expect((await batch).UnprocessedQueryExecutionIds?.[0]?.ErrorCode).toBe('ACCESS_DENIED');
});

test('a started query moves with the clock, is listed, and leaves its event', async () => {
  const { athena, cloudtrail, clock, simulator } = await start();
  const input = { QueryString: 'SELECT 1 -- live', WorkGroup: 'analytics', ClientRequestToken: 'a'.repeat(36) };
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand(input));
  const state = async () =>
    (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution?.Status?.State;
  expect(await state()).toBe('QUEUED');
  expect((await athena.send(new StartQueryExecutionCommand(input))).QueryExecutionId).toBe(QueryExecutionId);
  clock.advance(30 * 60_000);
  expect(await state()).toBe('SUCCEEDED');
  const list = await athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'analytics', MaxResults: 1 }));
  expect(list.QueryExecutionIds).toEqual([QueryExecutionId]);
  const page = await cloudtrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'StartQueryExecution' }],
    }),
  );
  const mine = page.Events?.filter((event) => event.CloudTrailEvent?.includes(QueryExecutionId ?? '-')) ?? [];
  expect(mine).toHaveLength(2);
  expect(simulator.truth.find(QueryExecutionId ?? '')?.query).toBe('SELECT 1 -- live');
});

test('the same client token with another text is refused, and the refusal is recorded', async () => {
  const { athena, simulator } = await start();
  const ClientRequestToken = 'b'.repeat(36);
  await athena.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 1', ClientRequestToken }));
  await expect(
    athena.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 2', ClientRequestToken })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
  expect([...simulator.truth.rows()].at(-1)).toMatchObject({ queryExecutionId: null, finalState: 'REFUSED' });
});

test('workgroups are described', async () => {
  const { athena } = await start();
  const group = await athena.send(new GetWorkGroupCommand({ WorkGroup: 'ml' }));
  expect(group.WorkGroup?.Configuration?.ManagedQueryResultsConfiguration?.Enabled).toBe(true);
});

test('BatchGetQueryExecution allows 20 at once and 10 a second', async () => {
  const started = await start();
  const ids = [mainRows(started)[0]?.queryExecutionId ?? ''];
  const results = await Promise.allSettled(
    Array.from({ length: 25 }, () =>
      started.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids })),
    ),
  );
  expect(results.filter((result) => result.status === 'rejected')).toHaveLength(5);
});

test('an assumed role works in its account until it expires, and its issue is an event', async () => {
  const started = await start();
  const { sts, clock, world, cloudtrail } = started;
  const RoleArn = `arn:aws:iam::${world.company.accounts.sandbox}:role/Tracker`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'tracker' }));
  const config = started.config(Credentials?.AccessKeyId);
  const athena = new AthenaClient(config);
  const sandboxId =
    [...started.simulator.truth.rows({ accountId: world.company.accounts.sandbox })][0]?.queryExecutionId ?? '';
  const command = new GetQueryExecutionCommand({ QueryExecutionId: sandboxId });
  expect((await athena.send(command)).QueryExecution?.QueryExecutionId).toBe(sandboxId);
  await expect(started.athena.send(command)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  clock.advance(20 * 60_000);
  const page = await cloudtrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: Credentials?.AccessKeyId ?? '' }],
    }),
  );
  expect(page.Events).toHaveLength(1);
  clock.advance(7 * 3_600_000);
  await expect(athena.send(command)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
});

test('the caller and the users of the identity store have names', async () => {
  const { sts, identityStore, world } = await start();
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: world.company.accounts.main });
  const person = world.company.person('bjorn.lund');
  const IdentityStoreId = world.company.identityStoreArn.split('/').at(-1);
  const user = await identityStore.send(new DescribeUserCommand({ IdentityStoreId, UserId: person.storeUserId }));
  expect(user).toMatchObject({ UserName: 'bjorn.lund@acorn.example', DisplayName: 'Björn Lund' });
  await expect(
    identityStore.send(new DescribeUserCommand({ IdentityStoreId, UserId: '11111111-2222-3333-4444-555555555555' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
