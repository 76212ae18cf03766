import { Fn, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { textIf } from './care.js';
import type { DeclaredFunction } from './functions.js';
import type { StackParameters } from './parameters.js';
import { allow, tlsOnly } from './role.js';
import { takeMessages } from './upkeep-permissions.js';

/** Messages wait for company so long: few invocations, and a text is saved within minutes of its query's end. */
const BATCH_WINDOW_S = 300;
/** As many as Athena answers in twenty calls. */
const BATCH_SIZE = 1000;
/** AWS asks for six times the function's time at least (Lambda guide, "with-sqs"). */
const VISIBILITY_S = 6 * 900;

/**
 * Declares what hears Athena's events: a rule, a queue and the function behind it. The function is there in any case; only the rule and
 * the mapping, which cost something, come and go with the parameter.
 */
export function declareWitness(
  stack: Stack,
  options: { readonly witness: DeclaredFunction; readonly deadLetters: CfnQueue; readonly parameters: StackParameters },
): void {
  const { witness, deadLetters, parameters } = options;
  const { care, upkeep } = parameters;
  const queue = new CfnQueue(stack, 'StateChanges', {
    messageRetentionPeriod: 14 * 24 * 3600,
    visibilityTimeout: VISIBILITY_S,
    redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: 5 },
    sqsManagedSseEnabled: Fn.conditionIf(care.conditions.hasQueueKey.logicalId, false, true) as never,
    kmsMasterKeyId: textIf(care.conditions.hasQueueKey, care.queueKeyArn.valueAsString),
  });
  const rule = new CfnRule(stack, 'QueryEnded', {
    description: 'Executions of Athena that have ended',
    eventPattern: {
      source: ['aws.athena'],
      'detail-type': ['Athena Query State Change'],
      detail: { currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
    },
    state: Fn.conditionIf(upkeep.hearsEvents.logicalId, 'ENABLED', 'DISABLED').toString(),
    targets: [{ id: 'queue', arn: queue.attrArn }],
  });
  new CfnQueuePolicy(stack, 'StateChangesPolicy', {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Events',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queue.attrArn,
          Condition: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        },
        tlsOnly('sqs:*', queue.attrArn),
      ],
    },
  });
  const policy = allow(stack, 'TakePolicy', {
    roles: [witness.role],
    statements: takeMessages(queue.attrArn, parameters),
  });
  const mapping = new CfnEventSourceMapping(stack, 'TakeStateChanges', {
    eventSourceArn: queue.attrArn,
    functionName: witness.lambda.ref,
    batchSize: BATCH_SIZE,
    maximumBatchingWindowInSeconds: BATCH_WINDOW_S,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: 2 },
  });
  mapping.cfnOptions.condition = upkeep.hearsEvents;
  // Lambda checks at once whether the function may read the queue.
  mapping.addResourceDependency(policy);
}
