import { callerArnOf, callerIdOf } from '../company/credential.js';
import { assumeRole } from '../company/sessions.js';
import { appendEvent, issueEvents, sessionContext } from '../history/event-log.js';
import { callerOf } from '../history/live.js';
import type { World } from '../history/world.js';
import { createRandom } from '../wire/random.js';
import {
  escapeXml,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
  STS_NAMESPACE,
  xmlResponse,
} from '../wire/service.js';

/** Answers `GetCallerIdentity` and `AssumeRole`; the latter leaves its CloudTrail events. */
export function stsOperation(
  world: World,
  request: ServiceRequest,
  externalIds: Readonly<Record<string, string>>,
): ServiceResponse {
  const form = new URLSearchParams(request.body.toString());
  switch (request.operation) {
    case 'GetCallerIdentity': {
      const caller = callerOf(world, request);
      return answer(
        'GetCallerIdentity',
        `<Arn>${escapeXml(callerArnOf(caller))}</Arn><UserId>${callerIdOf(caller)}</UserId><Account>${caller.accountId}</Account>`,
      );
    }
    case 'AssumeRole':
      checkTrust(form, externalIds);
      return assume(world, request, form);
    default:
      throw new ServiceError(400, 'InvalidAction', `the simulator does not know STS's ${request.operation}`);
  }
}

function checkTrust(form: URLSearchParams, externalIds: Readonly<Record<string, string>>): void {
  const roleArn = form.get('RoleArn') ?? '';
  const wanted = externalIds[roleArn];
  if (wanted !== undefined && form.get('ExternalId') !== wanted)
    throw new ServiceError(
      403,
      'AccessDenied',
      `User is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
}

function assume(world: World, request: ServiceRequest, form: URLSearchParams): ServiceResponse {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  if (!/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
    throw new ServiceError(400, 'ValidationError', `${roleArn} is invalid`);
  }
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw new ServiceError(400, 'ValidationError', 'RoleSessionName must satisfy the pattern [\\w+=,.@-]{2,64}');
  }
  const caller = callerOf(world, request);
  const context = sessionContext(world, {
    at: Math.floor(request.now / 1000) * 1000,
    random: createRandom(world.seed, 'assume', world.credentials.length),
    region: request.region,
  });
  const credential = assumeRole(context, {
    caller: { kind: 'credential', credential: caller },
    roleArn,
    sessionName,
    sourceIdentity: form.get('SourceIdentity'),
    client: { sourceIp: caller.sourceIp, userAgent: String(request.headers['user-agent'] ?? '') },
  });
  for (const draft of issueEvents(world, credential)) appendEvent(world, draft);
  const expiration = new Date(credential.expiresAt ?? request.now).toISOString();
  return answer(
    'AssumeRole',
    `<AssumedRoleUser><AssumedRoleId>${escapeXml(callerIdOf(credential))}</AssumedRoleId><Arn>${escapeXml(callerArnOf(credential))}</Arn></AssumedRoleUser>` +
      `<Credentials><AccessKeyId>${credential.accessKeyId}</AccessKeyId><SecretAccessKey>simulated</SecretAccessKey>` +
      `<SessionToken>SIMULATED${credential.number}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`,
  );
}

function answer(action: string, result: string): ServiceResponse {
  return xmlResponse(
    `<${action}Response xmlns="${STS_NAMESPACE}"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata><RequestId>SIMULATED</RequestId></ResponseMetadata></${action}Response>`,
  );
}
