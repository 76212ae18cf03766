import { Aws, type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { onlyIf, textIf } from './care.js';
import type { StackParameters } from './parameters.js';
import { allow, createRole, type Statement } from './role.js';

/** The functions, by the names that their handlers have in `dist/lambda/`. */
export const FUNCTION_NAMES = ['planner', 'scan', 'hour', 'close-day', 'witness', 'feeds'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/**
 * Where the functions' code comes from: one CommonJS text for all of them inside the template, or
 * a zip each that lies in a bucket named by parameters.
 */
export type FunctionCode =
  | {
      readonly kind: 'inline';
      readonly exports: Readonly<Record<FunctionName, string>>;
      readonly source: string;
    }
  | { readonly kind: 'zip'; readonly files: Readonly<Record<FunctionName, string>> };

/** A function and the role that is its own. */
export interface DeclaredFunction {
  readonly lambda: CfnFunction;
  readonly role: CfnRole;
}

/** Declares a function with its log group and its own role. */
export function declareFunction(
  stack: Stack,
  options: {
    readonly name: FunctionName;
    readonly description: string;
    readonly memory: number;
    readonly timeoutSeconds: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly statements: readonly Statement[];
    readonly code: CfnFunction.CodeProperty;
    readonly handler: string;
    readonly parameters: StackParameters;
    /** Absent for a function that is always there. */
    readonly condition?: CfnCondition;
  },
): DeclaredFunction {
  const { name, parameters } = options;
  const { care } = parameters;
  const id = pascalCase(name);
  const functionName = `${Aws.STACK_NAME}-${name}`;
  const logs = new CfnLogGroup(stack, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retentionInDays: parameters.logRetentionDays.valueAsNumber,
    kmsKeyId: textIf(care.conditions.hasLogKey, care.logKeyArn.valueAsString),
  });
  const role = createRole(stack, {
    id: `${id}Role`,
    service: 'lambda.amazonaws.com',
    parameters,
  });
  const logArn = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/lambda/${functionName}:*`;
  const policy = allow(stack, `${id}Policy`, {
    roles: [role],
    statements: [
      {
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logArn],
        wildcard: 'Lambda names the log streams of the function as it runs',
      },
      ...options.statements,
    ],
    ...(options.condition ? { condition: options.condition } : {}),
  });
  const declared = new CfnFunction(stack, `${id}Function`, {
    functionName,
    description: options.description,
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: options.handler,
    code: options.code,
    role: role.attrArn,
    memorySize: options.memory,
    timeout: options.timeoutSeconds,
    environment: { variables: { ...options.environment } },
    vpcConfig: onlyIf(care.conditions.hasVpc, {
      SubnetIds: Fn.split(',', care.subnetIds.valueAsString),
      SecurityGroupIds: Fn.split(',', care.securityGroupIds.valueAsString),
    }) as never,
    tracingConfig: onlyIf(care.conditions.isTraced, { Mode: 'Active' }) as never,
    ...(name === 'hour'
      ? {
          reservedConcurrentExecutions: onlyIf(
            care.conditions.reservesHours,
            care.hourReservedConcurrency.valueAsString as never,
          ),
        }
      : {}),
  });
  // Lambda would make the group itself, without retention, when the function ran first.
  declared.addResourceDependency(logs);
  // Lambda checks at once whether it may write to the queue for failures.
  declared.addResourceDependency(policy);
  if (options.condition) for (const one of [logs, role, declared]) one.cfnOptions.condition = options.condition;
  return { lambda: declared, role };
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}
