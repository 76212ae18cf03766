import { detailsOf, stateAt } from '../history/execution.js';
import { partitionOf, type World } from '../history/world.js';
import { jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';

/** Answers GetPreparedStatement: the statement as the latest PREPARE of its name left it (aws-facts 12). */
export function preparedStatement(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
): ServiceResponse {
  const [group, name] = [String(body.WorkGroup ?? ''), String(body.StatementName ?? '')];
  const list = partitionOf(world, request.accountId, request.region).executions.get(group) ?? [];
  const head = `PREPARE ${name} FROM `;
  for (const attempt of list.toReversed()) {
    if (attempt.submittedAt > request.now) continue;
    const details = detailsOf(world, attempt);
    const at = details.text.indexOf(head);
    if (at < 0 || stateAt(details, request.now).state !== 'SUCCEEDED') continue;
    return jsonResponse({
      PreparedStatement: {
        StatementName: name,
        WorkGroupName: group,
        QueryStatement: details.text.slice(at + head.length),
        LastModifiedTime: attempt.submittedAt / 1000,
      },
    });
  }
  throw new ServiceError(400, 'ResourceNotFoundException', `PreparedStatement ${name} was not found`);
}
