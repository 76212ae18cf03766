import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import type { CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { backfillMachine } from './backfill-machine.js';
import { RETRY } from './call-function.js';
import { onlyIf, textIf } from './care.js';
import { dayMachine, type StateMachineDefinition } from './day-machine.js';
import type { StackParameters } from './parameters.js';
import { reportKeyFor, sendTraces } from './permissions.js';
import type { ReportBucket } from './report-bucket.js';
import { allow, createRole, type Statement } from './role.js';

export interface Machines {
  readonly day: CfnStateMachine;
  readonly dayRole: CfnRole;
  readonly backfill: CfnStateMachine;
}

/** Declares the state machine of a day and the one of a back-fill. */
export function declareMachines(
  stack: Stack,
  functions: { readonly scan: CfnFunction; readonly hour: CfnFunction; readonly closeDay: CfnFunction },
  { bucket, parameters }: { readonly bucket: ReportBucket; readonly parameters: StackParameters },
): Machines {
  const { scan, hour, closeDay } = functions;
  const roleOf = (id: string) => createRole(stack, { id, service: 'states.amazonaws.com', parameters });
  const dayRole = roleOf('DayRole');
  const backfillRole = roleOf('BackfillRole');
  const logPolicy = allow(stack, 'MachineLogPolicy', {
    roles: [dayRole, backfillRole],
    statements: [
      {
        sid: 'DeliverLogs',
        actions: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        resources: ['*'],
        wildcard: 'log delivery has no resources that a policy could name (Step Functions guide, "cw-logs")',
      },
    ],
  });
  const executions = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:execution:`;
  const day = declareMachine(stack, {
    id: 'Day',
    name: 'day',
    role: dayRole,
    definition: render(dayMachine(), {
      ScanArn: scan.attrArn,
      HourArn: hour.attrArn,
      CloseDayArn: closeDay.attrArn,
      // By its name: where there are no feeds, there is no function.
      FeedsName: `${Aws.STACK_NAME}-feeds`,
      Feeds: parameters.feeds.feeds.valueAsString,
      HourConcurrency: parameters.hourConcurrency.valueAsString,
      ScanConcurrency: parameters.scanConcurrency.valueAsString,
    }),
    statements: (machine) => [
      { sid: 'Invoke', actions: ['lambda:InvokeFunction'], resources: [scan.attrArn, hour.attrArn, closeDay.attrArn] },
      // The distributed Map over the parts of a scan starts its children as executions of the machine itself.
      { sid: 'StartParts', actions: ['states:StartExecution'], resources: [machine.ref] },
      {
        sid: 'FollowParts',
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [`${executions}${machine.attrName}/*`],
        wildcard: 'children are named as they start; only those of this machine are allowed',
      },
      {
        sid: 'ListOfParts',
        actions: ['s3:GetObject'],
        resources: [bucket.keyArn('_work/scan/*')],
        wildcard: 'the list of the parts is named after the scan',
      },
      ...reportKeyFor(parameters, ['kms:Decrypt']),
    ],
    logPolicy,
    parameters,
  });
  const backfill = declareMachine(stack, {
    id: 'Backfill',
    name: 'backfill',
    role: backfillRole,
    definition: render(backfillMachine(), {
      DayMachineArn: day.ref,
      BackfillConcurrency: Fn.conditionIf(
        parameters.conditions.sharesLookupQuota.logicalId,
        '1',
        parameters.backfillConcurrency.valueAsString,
      ).toString(),
    }),
    statements: (machine) => [
      // The distributed Map starts its children as executions of the machine itself.
      { sid: 'Start', actions: ['states:StartExecution'], resources: [day.ref, machine.ref] },
      {
        sid: 'Follow',
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [`${executions}${day.attrName}:*`, `${executions}${machine.attrName}/*`],
        wildcard: 'executions are named as they start; only those of these two machines are allowed',
      },
      // Step Functions waits for nested executions through a rule of its own with this fixed name.
      {
        sid: 'WaitForDays',
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
        ],
      },
    ],
    logPolicy,
    parameters,
  });
  allow(stack, 'MachineTracePolicy', {
    roles: [dayRole, backfillRole],
    statements: sendTraces(),
    condition: parameters.care.conditions.isTraced,
  });
  return { day, dayRole, backfill };
}

/** Writes a definition as one text with its names filled in; numbers lose their quotes, the retries are written once. */
function render(definition: StateMachineDefinition, names: Readonly<Record<string, string>>): string {
  const retries = JSON.stringify(RETRY);
  const text = JSON.stringify(definition)
    .replace(/"(\$\{\w+Concurrency\})"/g, '$1')
    .replaceAll(retries, '${Retries}');
  return Fn.sub(text, { ...names, ...(text.includes('${Retries}') ? { Retries: retries } : {}) });
}

function declareMachine(
  stack: Stack,
  options: {
    readonly id: string;
    readonly name: string;
    readonly definition: string;
    readonly role: CfnRole;
    /** Lets a state machine write its log; Step Functions checks that at once. */
    readonly logPolicy: CfnPolicy;
    readonly statements: (machine: CfnStateMachine) => readonly Statement[];
    readonly parameters: StackParameters;
  },
): CfnStateMachine {
  const { id, name, role, parameters } = options;
  const { care } = parameters;
  const stateMachineName = `${Aws.STACK_NAME}-${name}`;
  const logGroupName = `/aws/vendedlogs/states/${stateMachineName}`;
  const logs = new CfnLogGroup(stack, `${id}Logs`, {
    // Step Functions may write to groups of this prefix without a resource policy each.
    logGroupName,
    retentionInDays: parameters.logRetentionDays.valueAsNumber,
    kmsKeyId: textIf(care.conditions.hasLogKey, care.logKeyArn.valueAsString),
  });
  const machine = new CfnStateMachine(stack, `${id}Machine`, {
    stateMachineName,
    roleArn: role.attrArn,
    definitionString: options.definition,
    tracingConfiguration: onlyIf(care.conditions.isTraced, { Enabled: true }) as never,
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: true,
      destinations: [
        {
          cloudWatchLogsLogGroup: {
            logGroupArn: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName}:*`,
          },
        },
      ],
    },
  });
  machine.addResourceDependency(logs);
  machine.addResourceDependency(options.logPolicy);
  allow(stack, `${id}Policy`, { roles: [role], statements: options.statements(machine) });
  return machine;
}
