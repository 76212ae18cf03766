import { Aws, type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import { CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from './acknowledgements.js';
import { textIf } from './care.js';
import type { StackParameters } from './parameters.js';

/** One allowed thing. */
export interface Statement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly condition?: unknown;
  /** Why the resources have a wildcard; must be given when they have one. */
  readonly wildcard?: string;
}

/** Creates a role that one AWS service assumes, in this account only; it may nothing yet. */
export function createRole(
  stack: Stack,
  options: {
    readonly id: string;
    readonly service: string;
    /** Absent where the one thing that uses the role says the same. */
    readonly parameters: StackParameters;
  },
): CfnRole {
  const { conditions, permissionsBoundaryArn, care } = options.parameters;
  return new CfnRole(stack, options.id, {
    path: care.rolePath.valueAsString,
    roleName: textIf(
      care.conditions.hasRoleNames,
      `${care.roleNamePrefix.valueAsString}${Aws.STACK_NAME}-${options.id}`,
    ),
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: options.service },
          Action: 'sts:AssumeRole',
          // Lambda does not send aws:SourceAccount when it assumes an execution role; the others do.
          ...(options.service.startsWith('lambda.')
            ? {}
            : { Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
        },
      ],
    },
    permissionsBoundary: Fn.conditionIf(
      conditions.hasBoundary.logicalId,
      permissionsBoundaryArn.valueAsString,
      Aws.NO_VALUE,
    ).toString(),
  });
}

/** Allows a role, or several, what the statements say. `policyName` is the policy's id in the template. */
export function allow(
  stack: Stack,
  policyName: string,
  {
    roles,
    statements,
    condition,
  }: {
    readonly roles: readonly CfnRole[];
    readonly statements: readonly Statement[];
    /** Absent for a policy that is always there. */
    readonly condition?: CfnCondition;
  },
): CfnPolicy {
  const policy = new CfnPolicy(stack, policyName, {
    policyName,
    roles: roles.map(({ ref }) => ref),
    policyDocument: { Version: '2012-10-17', Statement: statements.map(render) },
  });
  if (condition) policy.cfnOptions.condition = condition;
  for (const { resources, wildcard } of statements) {
    if (wildcard !== undefined) acknowledgeWildcard(policy, { resources, reason: wildcard });
  }
  return policy;
}

function render({ sid, actions, resources, condition }: Statement): unknown {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions.length === 1 ? actions[0] : actions,
    Resource: resources.length === 1 ? resources[0] : resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** The statement of a resource policy that refuses whoever speaks to it without TLS. */
export function tlsOnly(Action: string, Resource: string | readonly string[]) {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
