import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import { CfnAlarm, type CfnAlarmProps, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { textIf } from './care.js';
import { dashboardBody, METRIC_NAMESPACE } from './dashboard.js';
import type { Machines } from './machines.js';
import type { StackParameters } from './parameters.js';
import { tlsOnly } from './role.js';

/** Athena forgets a query's text after 45 days (aws-facts 2.2): a week remains to act. */
const UNSAVED_ALARM_DAYS = 38;
/** Queries end within hours; one that is still unsettled after this long has a cause to look at. */
const PENDING_ALARM_DAYS = 3;
/** Hours are final 31 days after they ended, when all their queries are. */
const OPEN_ALARM_DAYS = 38;
/** A daily run finds the day before the previous one closed: 25 hours ago. */
const COMPLETED_ALARM_HOURS = 48;
const DAY_S = 24 * 3600;

interface Observed {
  readonly machines: Machines;
  readonly deadLetters: CfnQueue;
  readonly parameters: StackParameters;
}

/** Declares the alarms, where they go, and the dashboard. */
export function declareObservability(stack: Stack, { machines, deadLetters, parameters }: Observed): void {
  const { care } = parameters;
  const made = declareTopic(stack, parameters);
  const topic = Fn.conditionIf(
    care.conditions.createTopic.logicalId,
    made.ref,
    care.alarmTopicArn.valueAsString,
  ).toString();
  const alarm = (id: string, alarmDescription: string, rest: Partial<CfnAlarmProps>) =>
    new CfnAlarm(stack, id, {
      alarmDescription,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      evaluationPeriods: 1,
      threshold: 1,
      treatMissingData: 'notBreaching',
      alarmActions: [topic],
      okActions: [topic],
      ...rest,
    });
  alarm('DayFailed', 'A report day failed. Its execution lists the hours; aqt doctor names the fix', {
    metrics: failures(machines.day.ref),
  });
  alarm('NotStarted', 'A day could not be started. The messages in the dead-letter queue say why', {
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: [{ name: 'QueueName', value: deadLetters.attrQueueName }],
    statistic: 'Maximum',
    period: 300,
  });
  // Every run tells these ages; without a run there are none, and that is told, too. A new stack has had none yet, and is silent.
  const age = (id: string, alarmDescription: string, metricName: string, threshold: number) =>
    alarm(id, alarmDescription, {
      ...own(metricName),
      threshold,
      treatMissingData: 'missing',
      insufficientDataActions: [topic],
      // The day that runs has no number before its run: two days without one are missing.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
    });
  age('NoDayClosed', 'No report day was closed for two days', 'LastCompletedDayHours', COMPLETED_ALARM_HOURS);
  age('HourNotFinal', 'An hour is still open a week after it should be final', 'OldestOpenDays', OPEN_ALARM_DAYS);
  age(
    'TextNotSaved',
    `A query is not settled after ${PENDING_ALARM_DAYS} days, or its day was not collected`,
    'OldestUnsavedDays',
    PENDING_ALARM_DAYS,
  );
  age(
    'TextNearlyLost',
    'A query text is not saved yet, and Athena forgets it after 45 days',
    'OldestUnsavedDays',
    UNSAVED_ALARM_DAYS,
  );
  const feed = age(
    'FeedFailed',
    'A feed got not all that is new. The log of the feeds function says why',
    'FeedsFailed',
    1,
  );
  feed.cfnOptions.condition = parameters.feeds.conditions.hasFeeds;
  const dashboard = new CfnDashboard(stack, 'Dashboard', {
    // Dashboards are the account's, not a Region's (aws-facts 12).
    dashboardName: `${Aws.STACK_NAME}-${Aws.REGION}`,
    dashboardBody: Fn.sub(JSON.stringify(dashboardBody()), {
      DayMachineArn: machines.day.ref,
      QueueName: deadLetters.attrQueueName,
    }),
  });
  dashboard.cfnOptions.condition = parameters.care.conditions.hasDashboard;
}

function own(metricName: string): Partial<CfnAlarmProps> {
  const dimensions = [{ name: 'Stack', value: Aws.STACK_NAME }];
  return { namespace: METRIC_NAMESPACE, metricName, dimensions, statistic: 'Maximum', period: DAY_S };
}

/** One sum over every way in which an execution can end badly. */
function failures(stateMachineArn: string): CfnAlarm.MetricDataQueryProperty[] {
  const names = ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];
  const parts = names.map((metricName, index) => ({
    id: `m${index}`,
    returnData: false,
    metricStat: {
      metric: {
        namespace: 'AWS/States',
        metricName,
        dimensions: [{ name: 'StateMachineArn', value: stateMachineArn }],
      },
      stat: 'Sum',
      period: 3600,
    },
  }));
  return [{ id: 'failures', expression: 'SUM(METRICS())', label: 'days not collected' }, ...parts];
}

/** The topic that alarms go to, with the e-mail address as its first subscriber. */
function declareTopic(stack: Stack, parameters: StackParameters): CfnTopic {
  const { care } = parameters;
  const topic = new CfnTopic(stack, 'AlarmTopic', {
    displayName: 'athena-query-tracker',
    kmsMasterKeyId: textIf(care.conditions.hasTopicKey, care.topicKeyArn.valueAsString),
    // CloudFormation takes a function for the list; the type does not know.
    subscription: Fn.conditionIf(
      parameters.conditions.hasEmail.logicalId,
      [{ Protocol: 'email', Endpoint: parameters.alarmEmail.valueAsString }],
      Aws.NO_VALUE,
    ) as unknown as CfnTopic.SubscriptionProperty[],
  });
  topic.cfnOptions.condition = care.conditions.createTopic;
  const policy = new CfnTopicPolicy(stack, 'AlarmTopicPolicy', {
    topics: [topic.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Alarms',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        },
        tlsOnly('sns:Publish', topic.ref),
      ],
    },
  });
  policy.cfnOptions.condition = care.conditions.createTopic;
  return topic;
}
