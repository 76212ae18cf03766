import { directoryOf } from './company/directory.js';
import { buildWorld } from './company/workload.js';
import { type Truth, truthOf } from './history/truth.js';
import type { World } from './history/world.js';
import type { WorldOptions } from './history/world-options.js';
import { athenaOperation } from './services/athena-service.js';
import { listPublicKeys, lookupEvents } from './services/cloudtrail-service.js';
import { glueOperation } from './services/glue-service.js';
import { identityStoreOperation } from './services/identity-store-service.js';
import { s3Operation } from './services/s3-service.js';
import { createObjectStore, type ObjectStore } from './services/s3-store.js';
import { stsOperation } from './services/sts-service.js';
import type { SystemTableOptions } from './services/system-table.js';
import { type TrailOptions, trailFiles } from './services/trail-files.js';
import { createRunningClock, type SimulatorClock } from './wire/clocks.js';
import { createFaultInjector, type Fault, type FaultKind, type FaultPlan } from './wire/faults.js';
import { listen, type PlainRequest, readRequest, type WireAnswer, type WireRequest } from './wire/http-server.js';
import { createQuotaKeeper, DEFAULT_QUOTAS, type Quota } from './wire/quotas.js';
import { createRandom, hash } from './wire/random.js';
import { errorResponse, ServiceError, type ServiceRequest, type ServiceResponse } from './wire/service.js';

export interface SimulatorOptions {
  readonly seed: number;
  /** Default: starts when the company's history ends and then runs with real time. */
  readonly clock?: SimulatorClock;
  readonly company?: Omit<WorldOptions, 'seed'>;
  /** A world built before, to share one between simulators; `seed` and `company` then say nothing about it. */
  readonly world?: World;
  /** By operation; replaces the documented quota. */
  readonly quotas?: Readonly<Record<string, Quota>>;
  readonly faults?: FaultPlan;
  /** Default 0: a free one. Null: none, the simulator is spoken to by `answer` alone. */
  readonly port?: number | null;
  /** Time each call takes on the simulator's clock, milliseconds: median of a lognormal distribution. Default 0. */
  readonly latencyMs?: number;
  readonly deniedWorkGroups?: readonly string[];
  /** Databases whose tables Glue does not show; `*` for all. */
  readonly deniedDatabases?: readonly string[];
  /** External id that the trust policy of a role asks for, by role ARN. */
  readonly externalIds?: Readonly<Record<string, string>>;
  readonly deniedInBatch?: 'unprocessed' | 'whole-call';
  /** Athena's system table, where the account has switched it on. */
  readonly systemTable?: SystemTableOptions | null;
  readonly lookupTokenLifetimeMs?: number | null;
  /** Entries of a page of LookupEvents and ListQueryExecutions at most. Default: 50, as in AWS. */
  readonly pageSize?: number;
  readonly buckets?: readonly string[];
  /** A bucket that fills with the log files of a trail as time goes on. */
  readonly trail?: TrailOptions & { readonly bucket: string };
}

/** Calls by operation, throttled calls by operation, and injected faults by kind. */
export interface SimulatorStats {
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
}

export interface Simulator {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly clock: SimulatorClock;
  readonly world: World;
  readonly truth: Truth;
  readonly stats: SimulatorStats;
  readonly store: ObjectStore;
  /** Identity directory of the company, JSON. */
  readonly directory: string;
  /** Answers a request without a connection: what a server would do with it. */
  answer(request: PlainRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

/** Starts an AWS account in this process, spoken to over HTTP by the AWS SDK through `AWS_ENDPOINT_URL`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const world = options.world ?? buildWorld({ ...options.company, seed: options.seed });
  const clock = options.clock ?? createRunningClock({ startsAt: world.endsAt });
  const store = createObjectStore();
  for (const bucket of options.buckets ?? []) store.createBucket(bucket);
  if (options.trail) fillTrail(store, world, options.trail);
  const quotas = createQuotaKeeper({ ...DEFAULT_QUOTAS, ...options.quotas });
  const faults = createFaultInjector(options.seed, options.faults ?? { rules: [] });
  const calls: Record<string, number> = {};
  const throttled: Record<string, number> = {};
  const s3 = { store, uploads: new Map() };
  const { pageSize = 50 } = options;
  const athena = {
    deniedWorkGroups: options.deniedWorkGroups ?? [],
    deniedInBatch: options.deniedInBatch ?? 'unprocessed',
    systemTable: options.systemTable ?? null,
    pageSize,
  } as const;
  const { latencyMs = 0, lookupTokenLifetimeMs: tokenLifetimeMs = null } = options;
  const cloudtrail = { tokenLifetimeMs, pageSize, lateness: faults.lateness };

  const operate = (request: ServiceRequest, fault: Fault | null): ServiceResponse => {
    switch (request.service) {
      case 'cloudtrail':
        if (request.operation === 'LookupEvents') return lookupEvents(world, request, cloudtrail, fault);
        if (request.operation === 'ListPublicKeys') return listPublicKeys(world, request);
        throw unknownOperation(request);
      case 'athena':
        return athenaOperation(world, request, athena, fault);
      case 'sts':
        return stsOperation(world, request, options.externalIds ?? {});
      case 'identitystore':
        return identityStoreOperation(world, request);
      case 'glue':
        return glueOperation(world, request, options.deniedDatabases ?? []);
      case 's3':
        return s3Operation(s3, request, fault);
    }
  };

  const handle = async (wire: WireRequest, wait: (ms: number) => Promise<void>): Promise<WireAnswer> => {
    const number = (calls[wire.operation] ?? 0) + 1;
    calls[wire.operation] = number;
    if (latencyMs > 0) {
      await wait(Math.round(createRandom(options.seed, 'latency', wire.operation, number).lognormal(latencyMs, 0.4)));
    }
    const now = clock.now();
    const { service, operation, region } = wire;
    const call = { service, operation, region, accountId: ownerOf(world, wire.accessKeyId) };
    const fault = faults.decide({ ...call, fingerprint: fingerprintOf(wire), now });
    const date = fault?.kind === 'clock-skew' ? now + 20 * 60_000 : now;
    if (fault?.kind === 'reset') return { kind: 'break' };
    if (fault?.kind === 'timeout') {
      await wait(fault.delayMs);
      return { kind: 'break' };
    }
    if (fault?.kind === 'html-body') return { kind: 'answer', response: HTML, date };
    let response: ServiceResponse;
    try {
      const request = { ...wire, accountId: accountOf(world, wire, now), now };
      if (fault) refuse(fault, request);
      if (!quotas.take(operation, `${request.accountId}/${wire.region}`, now)) {
        throttled[operation] = (throttled[operation] ?? 0) + 1;
        throw throttle(service);
      }
      response = operate(request, fault);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      response = errorResponse(service, error);
    }
    if (fault?.kind === 'reset-after') return { kind: 'break' };
    return { kind: fault?.kind === 'truncated-body' ? 'truncated' : 'answer', response, date };
  };

  const serve = async (wire: WireRequest) => {
    // A virtual clock must not jump while a call is worked on, and must while the call only waits.
    let release = clock.hold?.();
    const wait = async (ms: number) => {
      release?.();
      await clock.sleep(ms);
      release = clock.hold?.();
    };
    try {
      return await handle(wire, wait);
    } finally {
      release?.();
    }
  };
  const server = options.port === null ? null : await listen(options.port ?? 0, serve);
  return {
    url: server?.url ?? 'http://simulator.invalid',
    clock,
    world,
    truth: truthOf(world),
    stats: { calls, throttled, faults: faults.counts },
    store,
    directory: directoryOf(world),
    answer: (request) => serve(readRequest(request)),
    close: async () => server?.close(),
  };
}

function fillTrail(store: ObjectStore, world: World, { bucket, ...trail }: TrailOptions & { bucket: string }): void {
  store.createBucket(bucket);
  for (const { key, bytes, deliveredAt, metadata } of trailFiles(world, trail)) {
    const object = { key, bytes, lastModified: deliveredAt, contentType: 'application/json', metadata };
    store.put(bucket, object, { ifMatch: undefined, ifNoneMatch: undefined });
  }
}

const HTML: ServiceResponse = {
  status: 400,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Bad Request</title></head><body><h1>Bad Request</h1><p>Rate exceeded</p></body></html>',
};

/** The same call made twice has the same fingerprint, whatever its date and signature, which bodies of S3 hold, too. */
function fingerprintOf({ service, method, url, body, accessKeyId, region }: WireRequest): number {
  const text = service === 's3' ? method : body.length < 4_096 ? body.toString('latin1') : body.length;
  return hash(url.pathname + url.search, text, accessKeyId, region);
}

/** The account that a caller may act in now. */
function accountOf(world: World, { accessKeyId, service }: WireRequest, now: number): string {
  const expiresAt = world.byKey.get(accessKeyId)?.expiresAt ?? null;
  if (expiresAt !== null && expiresAt <= now) throw expired(service);
  return ownerOf(world, accessKeyId);
}

/** The account of an access key: of the session it belongs to, else the account number inside it, else the main one. */
function ownerOf(world: World, accessKeyId: string): string {
  const known = world.byKey.get(accessKeyId)?.accountId;
  return known ?? /\d{12}/.exec(accessKeyId)?.[0] ?? world.company.accounts.main;
}

/** Throws the error that a fault stands for; kinds that shape the answer pass. */
function refuse(fault: Fault, request: ServiceRequest): void {
  const { service } = request;
  switch (fault.kind) {
    case 'throttle':
      throw throttle(service);
    case 'server-error':
      throw service === 'athena'
        ? new ServiceError(500, 'InternalServerException', 'Internal error')
        : new ServiceError(
            fault.random.chance(0.5) ? 500 : 503,
            service === 's3' ? 'InternalError' : 'InternalFailure',
            'Internal error',
          );
    case 'expired-token':
      throw expired(service);
    case 'access-denied':
      throw service === 's3'
        ? new ServiceError(403, 'AccessDenied', 'Access Denied')
        : new ServiceError(400, 'AccessDeniedException', `You are not authorized to perform: ${request.operation}`);
    case 'clock-skew':
      throw service === 's3'
        ? new ServiceError(
            403,
            'RequestTimeTooSkewed',
            'The difference between the request time and the current time is too large.',
          )
        : new ServiceError(
            400,
            'InvalidSignatureException',
            'Signature expired: the request is older than 15 minutes.',
          );
    case 'conflict':
      throw new ServiceError(
        409,
        'ConditionalRequestConflict',
        'The conditional request cannot succeed due to a conflicting operation against this resource.',
      );
    case 'precondition':
      throw new ServiceError(
        412,
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
      );
    default:
  }
}

function throttle(service: ServiceRequest['service']): ServiceError {
  if (service === 's3') return new ServiceError(503, 'SlowDown', 'Please reduce your request rate.');
  // Throttling comes as HTTP 400 and is not among the modelled errors (aws-facts 1.4, 2.1).
  return new ServiceError(400, service === 'sts' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
}

function expired(service: ServiceRequest['service']): ServiceError {
  if (service === 's3') return new ServiceError(400, 'ExpiredToken', 'The provided token has expired.');
  if (service === 'sts')
    return new ServiceError(403, 'ExpiredToken', 'The security token included in the request is expired');
  return new ServiceError(400, 'ExpiredTokenException', 'The security token included in the request is expired');
}

function unknownOperation({ service, operation }: ServiceRequest): ServiceError {
  return new ServiceError(400, 'UnknownOperationException', `the simulator does not know ${operation} of ${service}`);
}
