import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';

/** What careful organisations ask of everything that runs in their accounts: names, keys, networks, traces, locks. All optional. */
export interface CareParameters {
  readonly rolePath: CfnParameter;
  readonly roleNamePrefix: CfnParameter;
  readonly logKeyArn: CfnParameter;
  readonly topicKeyArn: CfnParameter;
  readonly queueKeyArn: CfnParameter;
  readonly alarmTopicArn: CfnParameter;
  readonly subnetIds: CfnParameter;
  readonly securityGroupIds: CfnParameter;
  readonly hourReservedConcurrency: CfnParameter;
  readonly accessLogBucket: CfnParameter;
  readonly objectLockMode: CfnParameter;
  readonly objectLockDays: CfnParameter;
  readonly conditions: CareConditions;
}

export interface CareConditions {
  readonly hasRoleNames: CfnCondition;
  readonly hasLogKey: CfnCondition;
  readonly hasTopicKey: CfnCondition;
  readonly hasQueueKey: CfnCondition;
  readonly createTopic: CfnCondition;
  readonly hasVpc: CfnCondition;
  readonly reservesHours: CfnCondition;
  readonly isTraced: CfnCondition;
  readonly hasDashboard: CfnCondition;
  readonly hasAccessLogs: CfnCondition;
  readonly locksObjects: CfnCondition;
}

export const KEY_ARN = 'arn:aws[a-z-]*:kms:[^,]+:key/[^,]+';
const ONE_KEY = `^$|^${KEY_ARN}$`;
const IDS = (kind: string) => `^$|^${kind}-[0-9a-f]+(,${kind}-[0-9a-f]+)*$`;

/** Declares them. Left out, each is as if it were not there. */
export function declareCare(stack: Stack): CareParameters {
  const text = (id: string, description: string, rest: { allowedPattern?: string; allowedValues?: string[] } = {}) =>
    new CfnParameter(stack, id, { type: 'String', default: '', description, ...rest });
  const number = (id: string, description: string, rest: { default: number; minValue: number; maxValue?: number }) =>
    new CfnParameter(stack, id, { type: 'Number', description, ...rest });
  const tracing = new CfnParameter(stack, 'Tracing', {
    type: 'String',
    default: 'off',
    allowedValues: ['off', 'on'],
    description: 'on: functions and state machines send traces to X-Ray',
  });
  const dashboard = new CfnParameter(stack, 'CloudWatchDashboard', {
    type: 'String',
    default: 'on',
    allowedValues: ['on', 'off'],
    description: 'off: no dashboard in CloudWatch, which costs three dollars a month beyond the three free ones',
  });
  const parameters = {
    rolePath: new CfnParameter(stack, 'RolePath', {
      type: 'String',
      default: '/',
      allowedPattern: '^/$|^/.+/$',
      description: 'IAM path of every role, with a slash at both ends',
    }),
    roleNamePrefix: text('RoleNamePrefix', 'Beginning of the name of every role; empty: IAM makes names up', {
      allowedPattern: '^[A-Za-z0-9_+=,.@-]{0,20}$',
    }),
    logKeyArn: text('LogKeyArn', 'KMS key for the log groups', { allowedPattern: ONE_KEY }),
    topicKeyArn: text('TopicKeyArn', 'KMS key for the topic of the alarms', { allowedPattern: ONE_KEY }),
    queueKeyArn: text('QueueKeyArn', 'KMS key for the dead-letter queue', { allowedPattern: ONE_KEY }),
    alarmTopicArn: text('AlarmTopicArn', 'Existing topic for the alarms; empty: the stack makes one', {
      allowedPattern: '^$|^arn:[^:]+:sns:.+$',
    }),
    subnetIds: text('SubnetIds', 'Subnets for the functions, commas between; empty: no VPC', {
      allowedPattern: IDS('subnet'),
    }),
    securityGroupIds: text('SecurityGroupIds', 'Security groups for the functions in these subnets', {
      allowedPattern: IDS('sg'),
    }),
    // A text: emulators compare a number with the text '0' and find them different.
    hourReservedConcurrency: text(
      'HourReservedConcurrency',
      'Concurrency reserved for the hour function; empty: none',
      {
        allowedPattern: '^$|^[1-9][0-9]{0,3}$',
      },
    ),
    accessLogBucket: text('AccessLogBucket', 'Bucket for the access logs of the report bucket', {
      allowedPattern: '^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    }),
    objectLockMode: text('ObjectLockMode', 'Lock on every version in a bucket that the stack makes', {
      allowedValues: ['', 'GOVERNANCE', 'COMPLIANCE'],
    }),
    objectLockDays: number('ObjectLockDays', 'Days that each version stays locked', { default: 365, minValue: 1 }),
  };
  const given = (id: string, { valueAsString }: CfnParameter) =>
    new CfnCondition(stack, id, { expression: Fn.conditionNot(Fn.conditionEquals(valueAsString, '')) });
  return {
    ...parameters,
    conditions: {
      hasRoleNames: given('HasRoleNames', parameters.roleNamePrefix),
      hasLogKey: given('HasLogKey', parameters.logKeyArn),
      hasTopicKey: given('HasTopicKey', parameters.topicKeyArn),
      hasQueueKey: given('HasQueueKey', parameters.queueKeyArn),
      createTopic: new CfnCondition(stack, 'CreateTopic', {
        expression: Fn.conditionEquals(parameters.alarmTopicArn.valueAsString, ''),
      }),
      hasVpc: given('HasVpc', parameters.subnetIds),
      reservesHours: given('ReservesHours', parameters.hourReservedConcurrency),
      isTraced: new CfnCondition(stack, 'IsTraced', { expression: Fn.conditionEquals(tracing.valueAsString, 'on') }),
      hasDashboard: new CfnCondition(stack, 'HasDashboard', {
        expression: Fn.conditionEquals(dashboard.valueAsString, 'on'),
      }),
      hasAccessLogs: given('HasAccessLogs', parameters.accessLogBucket),
      locksObjects: given('LocksObjects', parameters.objectLockMode),
    },
  };
}

/** A value under a condition, and no property at all without it. The types of CDK know no functions in place of structures. */
export function onlyIf<T>(condition: CfnCondition, value: T): T {
  return Fn.conditionIf(condition.logicalId, value, Aws.NO_VALUE) as unknown as T;
}

/** The same for texts. */
export function textIf(condition: CfnCondition, value: string): string {
  return Fn.conditionIf(condition.logicalId, value, Aws.NO_VALUE).toString();
}
