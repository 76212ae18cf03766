import type { World } from '../history/world.js';
import { jsonBodyOf, jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';

/** Answers `DescribeUser` of IAM Identity Center's store. */
export function identityStoreOperation(world: World, request: ServiceRequest): ServiceResponse {
  const { IdentityStoreId: store, UserId: userId } = jsonBodyOf(request);
  const { company } = world;
  const person = company.people.find((candidate) => candidate.storeUserId === userId);
  if (request.operation !== 'DescribeUser' || !company.identityStoreArn.endsWith(`/${String(store)}`) || !person) {
    throw new ServiceError(400, 'ResourceNotFoundException', 'USER not found.', {
      ResourceType: 'USER',
      ResourceId: userId,
    });
  }
  const [given = '', ...rest] = person.name.split(' ');
  return jsonResponse({
    IdentityStoreId: store,
    UserId: person.storeUserId,
    UserName: person.id,
    DisplayName: person.name,
    Name: { GivenName: given, FamilyName: rest.join(' ') },
    Emails: [{ Value: person.id, Type: 'work', Primary: true }],
  });
}
