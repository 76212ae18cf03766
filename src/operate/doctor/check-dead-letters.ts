import { GetQueueAttributesCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isDenied, nameOf } from '../error-name.js';
import { type Finding, fail, pass } from './finding.js';

/** A message is only looked at: it is back at once for whoever takes it away. */
const LOOK_ONLY_S = 0;

/** Checks the queue of runs that could not be started and of Athena's events that nobody could read, and tells the cause that one names. */
export async function checkDeadLetters(client: SQSClient, queueUrl: string): Promise<Finding> {
  try {
    return await lookInto(client, queueUrl);
  } catch (error) {
    if (isDenied(error) || nameOf(error) === 'AWS.SimpleQueueService.AccessDenied')
      return fail(
        check,
        'sqs:GetQueueAttributes and sqs:ReceiveMessage are denied: whether runs could not be started is unknown',
        'allow both on the queue for whoever runs this',
      );
    if (!/NonExistentQueue|QueueDoesNotExist/.test(nameOf(error))) throw error;
    return fail(
      check,
      `the queue ${queueUrl} is gone: what cannot be started is lost without a word`,
      'aqt destroy, then the command that it prints; the reports stay',
    );
  }
}

const check = 'dead-letters';

async function lookInto(client: SQSClient, queueUrl: string): Promise<Finding> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  const count = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  if (count === 0) return pass(check, 'every run could be started, every event read');
  const { Messages } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 1,
      VisibilityTimeout: LOOK_ONLY_S,
      MessageAttributeNames: ['All'],
    }),
  );
  const [message] = Messages ?? [];
  const cause = message ? causeOf(message.Body ?? '', message.MessageAttributes?.ERROR_MESSAGE?.StringValue) : null;
  return fail(
    check,
    `${count} runs could not be started, or events of Athena not be read${cause ? `; one says: ${cause}` : ''}`,
    `after its cause is gone: aqt backfill for the days that lack; then empty the queue: aws sqs purge-queue --queue-url ${queueUrl}`,
  );
}

/** Lambda's destinations put the error into the body, Scheduler into an attribute. */
function causeOf(body: string, attribute: string | undefined): string | null {
  if (attribute) return attribute.slice(0, 300);
  try {
    const { responsePayload } = JSON.parse(body) as {
      readonly responsePayload?: { readonly errorMessage?: unknown } | null;
    };
    return typeof responsePayload?.errorMessage === 'string' ? responsePayload.errorMessage.slice(0, 300) : null;
  } catch {
    // Not JSON: somebody else's message names no cause.
    return null;
  }
}
