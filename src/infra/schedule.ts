import { Aws, CfnDeletionPolicy, Fn, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventInvokeConfig, type CfnFunction, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { textIf } from './care.js';
import type { StackParameters } from './parameters.js';
import { encryptMessages } from './permissions.js';
import { allow, createRole, tlsOnly } from './role.js';

/** Declares the queue for runs that could not be started, by whoever failed to start them. */
export function declareDeadLetters(stack: Stack, { care }: StackParameters): CfnQueue {
  const queue = new CfnQueue(stack, 'DeadLetters', {
    messageRetentionPeriod: 14 * 24 * 3600,
    sqsManagedSseEnabled: Fn.conditionIf(care.conditions.hasQueueKey.logicalId, Aws.NO_VALUE, true) as never,
    kmsMasterKeyId: textIf(care.conditions.hasQueueKey, care.queueKeyArn.valueAsString),
  });
  queue.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  new CfnQueuePolicy(stack, 'DeadLettersPolicy', {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [tlsOnly('sqs:*', queue.attrArn)],
    },
  });
  return queue;
}

/**
 * Declares the daily schedule: it invokes the planner asynchronously, so the planner's own errors go through Lambda's
 * retries and then to the queue, as do invocations that Scheduler cannot deliver.
 */
export function declareSchedule(
  stack: Stack,
  options: { readonly planner: CfnFunction; readonly deadLetters: CfnQueue; readonly parameters: StackParameters },
): void {
  const { planner, deadLetters, parameters } = options;
  new CfnEventInvokeConfig(stack, 'PlannerRetries', {
    functionName: planner.ref,
    qualifier: '$LATEST',
    maximumRetryAttempts: 2,
    maximumEventAgeInSeconds: 6 * 3600,
    destinationConfig: { onFailure: { destination: deadLetters.attrArn } },
  });
  const role = createRole(stack, {
    id: 'ScheduleRole',
    service: 'scheduler.amazonaws.com',
    parameters,
  });
  allow(stack, 'SchedulePolicy', {
    roles: [role],
    statements: [
      { sid: 'Invoke', actions: ['lambda:InvokeFunction'], resources: [planner.attrArn] },
      { sid: 'DeadLetter', actions: ['sqs:SendMessage'], resources: [deadLetters.attrArn] },
      ...encryptMessages(parameters),
    ],
  });
  new CfnSchedule(stack, 'Schedule', {
    name: `${Aws.STACK_NAME}-daily`,
    description: 'Collects the Athena queries of the previous day',
    scheduleExpression: parameters.scheduleExpression.valueAsString,
    scheduleExpressionTimezone: parameters.scheduleTimezone.valueAsString,
    state: parameters.scheduleState.valueAsString,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: planner.attrArn,
      roleArn: role.attrArn,
      input: '{"scheduled_time":"<aws.scheduler.scheduled-time>"}',
      retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 24 * 3600 },
      deadLetterConfig: { arn: deadLetters.attrArn },
    },
  });
}

/** Calls the planner when a day has ended well: where days are owed, there is room for the next one. A day that failed waits for the schedule. */
export function startNextDays(
  stack: Stack,
  { planner, dayMachine }: { readonly planner: CfnFunction; readonly dayMachine: CfnStateMachine },
): void {
  const rule = new CfnRule(stack, 'DayEnded', {
    description: 'Starts days that are owed when another one has ended',
    eventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [dayMachine.ref], status: ['SUCCEEDED'] },
    },
    targets: [{ id: 'planner', arn: planner.attrArn }],
  });
  new CfnPermission(stack, 'DayEndedPermission', {
    action: 'lambda:InvokeFunction',
    functionName: planner.ref,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
}
