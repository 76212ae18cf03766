import type { Actor } from '../company/company.js';
import type { Credential } from '../company/credential.js';
import { openAccessKey } from '../company/sessions.js';
import { executionIdOf } from '../company/start-request.js';
import { createRandom } from '../wire/random.js';
import { ServiceError, type ServiceRequest } from '../wire/service.js';
import { appendEvent, eventTimeOf, fileExecution, sessionContext } from './event-log.js';
import type { Attempt, ChannelTraits, World } from './world.js';

/** The longest text Athena takes, bytes of UTF-8 (aws-facts 2.1). */
const MAX_QUERY_BYTES = 262_144;

/** Starts a query for a caller over HTTP, writes its CloudTrail event, and returns its id. */
export function startLive(world: World, request: ServiceRequest, body: Readonly<Record<string, unknown>>): string {
  const text = body.QueryString;
  const token = typeof body.ClientRequestToken === 'string' ? body.ClientRequestToken : null;
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > MAX_QUERY_BYTES) {
    throw refused(world, request, body, 'QueryString must have 1 to 262144 bytes');
  }
  const name = typeof body.WorkGroup === 'string' ? body.WorkGroup : 'primary';
  const workGroup = world.company.workGroups.find((group) => group.name === name);
  if (!workGroup || (workGroup.deletedAt !== null && request.now >= workGroup.deletedAt)) {
    throw refused(world, request, body, `WorkGroup ${name} is not found.`);
  }
  const credential = callerOf(world, request);
  const known = token === null ? undefined : repeatedStart(world, request, token);
  if (known && known.live?.text !== text) {
    throw refused(world, request, body, 'Idempotent parameters do not match');
  }
  const context = (body.QueryExecutionContext ?? {}) as { Catalog?: string; Database?: string };
  const output = (body.ResultConfiguration ?? {}) as { OutputLocation?: string };
  const attempt: Attempt = known ?? {
    number: world.attempts.length,
    submittedAt: request.now,
    actor: actorOf(credential),
    channel: liveChannel(request),
    credential,
    workGroup,
    fate: 'succeeded',
    live: {
      text,
      catalog: context.Catalog ?? null,
      database: context.Database ?? null,
      outputLocation: output.OutputLocation ?? null,
      clientRequestToken: token,
    },
    isUnseen: false,
  };
  if (!known) {
    world.attempts.push(attempt);
    fileExecution(world, attempt);
  }
  writeStart(world, request, { attempt, credential, isRetry: known !== undefined });
  return executionIdOf(world, attempt);
}

/** The identity behind the access key of a request; unknown keys belong to an IAM user of that account. */
export function callerOf(world: World, request: ServiceRequest): Credential {
  const known = world.byKey.get(request.accessKeyId);
  if (known) return known;
  const context = sessionContext(world, {
    at: request.now,
    random: createRandom(world.seed, 'caller', request.accessKeyId),
    region: request.region,
  });
  const client = { sourceIp: '127.0.0.1', userAgent: String(request.headers['user-agent'] ?? '') };
  const minted = openAccessKey(context, {
    name: `simulated-${request.accessKeyId.slice(-6).toLowerCase()}`,
    accountId: request.accountId,
    client,
  });
  const credential = { ...minted, accessKeyId: request.accessKeyId };
  world.credentials[minted.number] = credential;
  world.byKey.set(request.accessKeyId, credential);
  return credential;
}

function actorOf(credential: Credential): Actor {
  return { id: credential.sessionName ?? credential.issuerArn.replace(/^.*\//, ''), kind: 'human' };
}

function liveChannel(request: ServiceRequest): ChannelTraits {
  return {
    way: { name: 'live', confidence: 'verified', stand: null },
    accountId: request.accountId,
    region: request.region,
    style: 'analyst',
    tool: null,
    invokedBy: null,
    claims: null,
  };
}

function repeatedStart(world: World, request: ServiceRequest, token: string): Attempt | undefined {
  return world.attempts.findLast(
    (attempt) =>
      attempt.live?.clientRequestToken === token &&
      attempt.channel.accountId === request.accountId &&
      attempt.channel.region === request.region &&
      attempt.fate !== 'refused',
  );
}

function writeStart(
  world: World,
  request: ServiceRequest,
  { attempt, credential, isRetry }: { attempt: Attempt; credential: Credential; isRetry: boolean },
): void {
  appendEvent(world, {
    time: isRetry
      ? Math.floor(request.now / 1000) * 1000
      : eventTimeOf(attempt, createRandom(world.seed, 'start', attempt.number)),
    accountId: request.accountId,
    region: request.region,
    subject: { kind: 'start', attempt, credential, isRetry },
  });
}

/** Records a refused start and returns the error to answer with. */
function refused(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
  message: string,
): ServiceError {
  const credential = callerOf(world, request);
  const primary = world.company.workGroups[0];
  if (primary) {
    const attempt: Attempt = {
      number: world.attempts.length,
      submittedAt: request.now,
      actor: actorOf(credential),
      channel: liveChannel(request),
      credential,
      workGroup: world.company.workGroups.find((group) => group.name === body.WorkGroup) ?? primary,
      fate: 'refused',
      live: { text: '', catalog: null, database: null, outputLocation: null, clientRequestToken: null },
      isUnseen: false,
    };
    world.attempts.push(attempt);
    writeStart(world, request, { attempt, credential, isRetry: false });
  }
  return new ServiceError(400, 'InvalidRequestException', message, {
    AthenaErrorCode: 'INVALID_INPUT',
    ErrorCode: 'INVALID_INPUT',
  });
}
