import type { WorkGroup } from '../company/company.js';
import type { World } from '../history/world.js';
import { jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';

const PAGE_SIZE = 50;
/** The lake was set up so long before the history begins. */
const AGE_MS = 200 * 86_400_000;

/** Finds a workgroup that is there at the time of a request. */
export function groupOf(world: World, request: ServiceRequest, name: string): WorkGroup {
  const group = world.company.workGroups.find((candidate) => candidate.name === name);
  const isThere = group && (group.deletedAt === null || request.now < group.deletedAt);
  if (!isThere) {
    const codes = { AthenaErrorCode: 'WORKGROUP_NOT_FOUND', ErrorCode: 'WORKGROUP_NOT_FOUND' };
    throw new ServiceError(400, 'InvalidRequestException', `WorkGroup ${name} is not found.`, codes);
  }
  return group;
}

export function listWorkGroups(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
): ServiceResponse {
  const max = typeof body.MaxResults === 'number' ? body.MaxResults : PAGE_SIZE;
  const after = typeof body.NextToken === 'string' ? body.NextToken : '';
  const groups = world.company.workGroups
    .filter((group) => (group.deletedAt === null || request.now < group.deletedAt) && group.name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = groups.slice(0, max);
  const last = page.at(-1);
  return jsonResponse({
    WorkGroups: page.map((group) => ({
      Name: group.name,
      State: 'ENABLED',
      Description: group.description,
      CreationTime: (world.startsAt - AGE_MS) / 1000,
      EngineVersion: ENGINE,
    })),
    ...(groups.length > max && last ? { NextToken: last.name } : {}),
  });
}

const ENGINE = { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' };

export function getWorkGroup(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
): ServiceResponse {
  const group = groupOf(world, request, String(body.WorkGroup ?? ''));
  return jsonResponse({
    WorkGroup: {
      Name: group.name,
      State: 'ENABLED',
      Description: group.description,
      CreationTime: (world.startsAt - AGE_MS) / 1000,
      Configuration: {
        ...(group.hasManagedResults
          ? { ManagedQueryResultsConfiguration: { Enabled: true } }
          : {
              ResultConfiguration: {
                OutputLocation: `s3://aws-athena-query-results-${request.accountId}-${request.region}/${group.name}/`,
              },
            }),
        ...(group.cutoffBytes === null ? {} : { BytesScannedCutoffPerQuery: group.cutoffBytes }),
        EnforceWorkGroupConfiguration: group.name !== 'primary',
        PublishCloudWatchMetricsEnabled: true,
        RequesterPaysEnabled: false,
        EngineVersion: ENGINE,
      },
    },
  });
}

/** Answers what Athena tells of tags and capacity reservations. */
export function settingsOperation(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
): ServiceResponse {
  const { reservation, workGroups } = world.company;
  if (request.operation === 'ListTagsForResource') {
    const group = groupOf(world, request, String(body.ResourceARN ?? '').replace(/^.*:workgroup\//, ''));
    return jsonResponse({ Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value })) });
  }
  const since = (world.startsAt - AGE_MS) / 1000;
  if (request.operation === 'ListCapacityReservations')
    return jsonResponse({
      CapacityReservations: [
        {
          Name: reservation.name,
          Status: 'ACTIVE',
          TargetDpus: reservation.dpus,
          AllocatedDpus: reservation.dpus,
          CreationTime: since,
          LastSuccessfulAllocationTime: since,
        },
      ],
    });
  if (body.CapacityReservationName !== reservation.name)
    throw new ServiceError(400, 'InvalidRequestException', 'Capacity reservation does not exist');
  const reserved = workGroups.filter(({ isReserved }) => isReserved).map(({ name }) => name);
  return jsonResponse({
    CapacityAssignmentConfiguration: {
      CapacityReservationName: reservation.name,
      CapacityAssignments: [{ WorkGroupNames: reserved }],
    },
  });
}
