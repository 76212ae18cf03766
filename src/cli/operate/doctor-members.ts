import { AthenaClient, ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { STSClient } from '@aws-sdk/client-sts';
import { awsConfig } from '../../compose/aws-config.js';
import { checkMembers, type MemberRole, type Tried } from '../../operate/doctor/check-members.js';
import type { DeployedStack } from '../../operate/doctor/check-stack.js';
import type { Finding } from '../../operate/doctor/finding.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createAssumedRole } from '../../sources/accounts/assumed-role.js';
import { probeRegions } from '../../sources/accounts/probe-regions.js';
import { describe, PermissionDenied } from '../../sources/aws/aws-failure.js';
import { openLookupEventsPage } from '../../sources/lookup/lookup-events-client.js';
import type { Io } from '../terminal/io.js';
import type { StackClients } from './stack-clients.js';

/** Checks the accounts that a stack reads by roles. */
export function diagnoseMembers(
  request: {
    readonly clients: StackClients;
    readonly stack: DeployedStack;
    readonly regions: readonly string[];
    readonly store: ReportStore | null;
    readonly profile: string | undefined;
  },
  io: Io,
): AsyncGenerator<Finding> {
  const { clients, stack, regions, store, profile } = request;
  const { AccountRoles: arns = '', ExternalId: externalId = '' } = stack.parameters;
  const roles = arns.split(',').flatMap((roleArn): MemberRole[] => {
    const accountId = /^arn:[^:]+:iam::(\d{12}):role\//.exec(roleArn)?.[1];
    return accountId === undefined ? [] : [{ roleArn, accountId }];
  });
  const sts = new STSClient(clients.config('STS', clients.region));
  const bare = (service: 'CLOUDTRAIL' | 'ATHENA', region: string) =>
    awsConfig(service, { env: io.env, profile, region, isBare: true });
  const tryRole = async ({ roleArn }: MemberRole, region: string): Promise<Tried> => {
    const role = { roleArn, externalId: externalId === '' ? null : externalId };
    const credentials = createAssumedRole({ sts, role, clock: io.clock });
    try {
      await credentials();
    } catch (error) {
      io.signal.throwIfAborted();
      // The role trusts the three functions: that it refuses others is as it should be.
      if (error instanceof PermissionDenied) return null;
      throw error;
    }
    const pageOf = () => openLookupEventsPage({ ...bare('CLOUDTRAIL', region), credentials });
    const [events] = await probeRegions({ ...io, regions: [region], pageOf });
    if (events?.reason) return { failure: `its events cannot be read: ${events.reason}` };
    try {
      await new AthenaClient({ ...bare('ATHENA', region), credentials }).send(
        new ListWorkGroupsCommand({ MaxResults: 1 }),
      );
      return { failure: null };
    } catch (error) {
      io.signal.throwIfAborted();
      return { failure: `its workgroups cannot be listed: ${describe(error)}` };
    }
  };
  return checkMembers({ roles, regions, store, tryRole, clock: io.clock });
}
