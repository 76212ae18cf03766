import {
  type App,
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Fn,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { acknowledgeTypes } from './acknowledgements.js';
import { textIf } from './care.js';
import { listExecutions, readEventHistory, readExecutions, readTables, readUserNames } from './permissions.js';
import { allow } from './role.js';

/** Roles of the functions that assume others, as the stack names them, with or without a prefix and IAM's own ending. */
const COLLECTORS = ['ScanRole', 'HourRole', 'CloseDayRole'];

/**
 * The role of a member account, for StackSets: its name is known beforehand, and it trusts the functions of the collecting stack
 * before they exist, by the names that they will have. What it may do is what the functions may do in their own account.
 */
export class MemberRoleStack extends Stack {
  constructor(app: App, id: string, { version }: { readonly version: string }) {
    super(app, id, {
      description: `athena-query-tracker ${version}: lets the collecting account read who ran which Athena query here`,
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
    });
    const text = (name: string, description: string, rest: { default?: string; allowedPattern?: string } = {}) =>
      new CfnParameter(this, name, { type: 'String', description, ...rest });
    const collector = text('CollectorAccount', 'Account of the collecting stack', { allowedPattern: '^\\d{12}$' });
    const stackName = text('CollectorStack', 'Name of the collecting stack', { default: 'athena-query-tracker' });
    const prefix = text('RoleNamePrefix', 'RoleNamePrefix of the collecting stack', { default: '' });
    const externalId = text('ExternalId', 'External id that the collecting stack gives (its parameter ExternalId)', {
      allowedPattern: '^[\\w+=,.@:/-]{2,1224}$',
    });
    const roleName = text('RoleName', 'Name of the role here', { default: 'athena-query-tracker' });
    const boundary = text('PermissionsBoundaryArn', 'Permissions boundary of the role', { default: '' });
    const hasBoundary = new CfnCondition(this, 'HasBoundary', {
      expression: Fn.conditionNot(Fn.conditionEquals(boundary.valueAsString, '')),
    });
    const names = COLLECTORS.map(
      (role) =>
        `arn:${Aws.PARTITION}:iam::${collector.valueAsString}:role/*${prefix.valueAsString}${stackName.valueAsString}-${role}*`,
    );
    const role = new CfnRole(this, 'Role', {
      roleName: roleName.valueAsString,
      description: 'Read by athena-query-tracker',
      permissionsBoundary: textIf(hasBoundary, boundary.valueAsString),
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            // A role that does not exist yet cannot be a principal; the account can, narrowed to the names of the roles.
            Principal: { AWS: `arn:${Aws.PARTITION}:iam::${collector.valueAsString}:root` },
            Action: 'sts:AssumeRole',
            Condition: {
              StringEquals: { 'sts:ExternalId': externalId.valueAsString },
              ArnLike: { 'aws:PrincipalArn': names },
            },
          },
        ],
      },
    });
    allow(this, 'ReadPolicy', {
      roles: [role],
      statements: [
        ...readEventHistory(),
        ...readExecutions(),
        ...readTables(),
        ...listExecutions(),
        ...readUserNames(),
      ],
    });
    new CfnOutput(this, 'RoleArn', { value: role.attrArn });
    acknowledgeTypes(this);
  }
}
