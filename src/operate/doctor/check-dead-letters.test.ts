import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { checkDeadLetters } from './check-dead-letters.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A queue that holds these messages. */
async function queueOf(messages: readonly object[]): Promise<{ client: SQSClient; url: string }> {
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    const answer =
      operation === 'ReceiveMessage'
        ? { Messages: messages.slice(0, 1) }
        : { Attributes: { ApproximateNumberOfMessages: String(messages.length) } };
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  return {
    client: new SQSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1, md5: false }),
    url: `${url}/1/dead`,
  };
}

describe('the dead-letter queue', () => {
  it('is fine when it is empty', async () => {
    const { client, url } = await queueOf([]);
    expect(await checkDeadLetters(client, url)).toMatchObject({ status: 'pass' });
  });

  it('tells how many runs failed to start, and the error of one', async () => {
    const body = JSON.stringify({ responsePayload: { errorMessage: 'REPORT_TIMEZONE: no such zone' } });
    const { client, url } = await queueOf([{ Body: body }, { Body: '{}' }]);
    expect(await checkDeadLetters(client, url)).toMatchObject({
      status: 'fail',
      message: '2 runs could not be started, or events of Athena not be read; one says: REPORT_TIMEZONE: no such zone',
      fix: expect.stringContaining('aqt backfill'),
    });
  });

  it('reads what Scheduler says, and bears what nobody can read', async () => {
    const attribute = { ERROR_MESSAGE: { StringValue: 'AccessDenied', DataType: 'String' } };
    const scheduled = await queueOf([{ Body: 'x', MessageAttributes: attribute }]);
    expect((await checkDeadLetters(scheduled.client, scheduled.url)).message).toContain('one says: AccessDenied');
    const foreign = await queueOf([{ Body: 'not json' }]);
    expect((await checkDeadLetters(foreign.client, foreign.url)).message).toBe(
      '1 runs could not be started, or events of Athena not be read',
    );
  });
});
