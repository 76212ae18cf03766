import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { CfnPrincipalPermissions } from 'aws-cdk-lib/aws-lakeformation';

/** 100 GB, half a dollar in most Regions: years of reports of a thousand queries a day. */
const CUTOFF_BYTES = 100_000_000_000;

/**
 * Declares the workgroup of those who read the reports: named queries open in it, each query ends at the cutoff, and Athena keeps the
 * results, so that nobody needs a bucket for them.
 */
export function declareReaders(stack: Stack): CfnWorkGroup {
  const cutoff = new CfnParameter(stack, 'ReaderCutoffBytes', {
    type: 'Number',
    default: CUTOFF_BYTES,
    minValue: 10_000_000,
    description: 'Bytes that a query in the workgroup of readers may scan, then Athena ends it',
  });
  return new CfnWorkGroup(stack, 'Readers', {
    name: Aws.STACK_NAME,
    description: 'For readers of the reports of athena-query-tracker',
    // Queries that ran in it do not keep the stack from going.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      bytesScannedCutoffPerQuery: cutoff.valueAsNumber,
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: false,
      managedQueryResultsConfiguration: { enabled: true },
    },
  });
}

/** Grants a reader the tables where Lake Formation governs the catalog; whoever deploys must be allowed to grant. */
export function grantReader(
  stack: Stack,
  { database, tables }: { readonly database: CfnDatabase; readonly tables: readonly CfnTable[] },
): void {
  const reader = new CfnParameter(stack, 'LakeFormationReader', {
    type: 'String',
    default: '',
    allowedPattern: '^$|^arn:[^:]+:(iam|identitystore):.+$',
    description: 'Role, user or group that Lake Formation lets read the reports; empty: nothing is granted',
  });
  const isGranted = new CfnCondition(stack, 'GrantsReader', {
    expression: Fn.conditionNot(Fn.conditionEquals(reader.valueAsString, '')),
  });
  const grant = (id: string, resource: CfnPrincipalPermissions.ResourceProperty, permissions: string[]) => {
    const granted = new CfnPrincipalPermissions(stack, id, {
      principal: { dataLakePrincipalIdentifier: reader.valueAsString },
      ...{ resource, permissions, permissionsWithGrantOption: [] },
    });
    granted.cfnOptions.condition = isGranted;
  };
  grant('ReaderOfDatabase', { database: { catalogId: Aws.ACCOUNT_ID, name: database.ref } }, ['DESCRIBE']);
  for (const { node, ref } of tables) {
    const table = { catalogId: Aws.ACCOUNT_ID, databaseName: database.ref, name: ref };
    grant(`ReaderOf${node.id}`, { table }, ['SELECT', 'DESCRIBE']);
  }
}
