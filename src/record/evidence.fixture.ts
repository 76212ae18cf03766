import type { Execution } from '../athena/execution.js';
import { type Principal, readPrincipal } from '../cloudtrail/principal.js';
import type { Start } from '../cloudtrail/start.js';

/** A principal for tests: an IAM user. */
export function principalOf(changes: Partial<Principal> = {}): Principal {
  return {
    ...readPrincipal({
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/ana',
      accountId: '111122223333',
      accessKeyId: 'AKIAEXAMPLE',
      userName: 'ana',
    }),
    ...changes,
  };
}

/** A start for tests; give it ids and times of your own. */
export function startOf(changes: Partial<Start> = {}): Start {
  return {
    kind: 'start',
    eventId: 'event-1',
    eventTime: Date.UTC(2026, 10, 1, 12),
    region: 'us-east-1',
    accountId: '111122223333',
    principal: principalOf(),
    queryExecutionId: 'query-1',
    errorCode: null,
    errorMessage: null,
    workGroup: 'primary',
    catalog: null,
    database: null,
    queryString: null,
    outputLocation: null,
    sourceIp: '198.51.100.7',
    userAgent: 'aws-cli/2.15.0',
    console: false,
    sharedEventId: null,
    replacesEventId: null,
    ...changes,
  };
}

/** An execution for tests: a finished SELECT. */
export function executionOf(changes: Partial<Execution> = {}): Execution {
  const submittedAt = changes.submittedAt ?? Date.UTC(2026, 10, 1, 11, 59, 59, 400);
  return {
    queryExecutionId: 'query-1',
    query: 'SELECT 1',
    statementType: 'DML',
    substatementType: 'SELECT',
    state: 'SUCCEEDED',
    stateReason: null,
    errorCode: null,
    errorMessage: null,
    submittedAt,
    completedAt: submittedAt === null ? null : submittedAt + 2000,
    workGroup: 'primary',
    catalog: 'awsdatacatalog',
    database: 'sales',
    outputLocation: 's3://results/query-1.csv',
    engineVersion: 'Athena engine version 3',
    dataScannedBytes: 1024,
    queueMs: 10,
    planningMs: 20,
    executionMs: 1500,
    totalMs: 1600,
    resultReused: false,
    dpuCount: null,
    ...changes,
  };
}
