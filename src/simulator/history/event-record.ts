import { lookupUsernameOf, signingKeyOf, userIdentityOf } from '../company/credential.js';
import { executionIdOf, startRequestOf } from '../company/start-request.js';
import { hash } from '../wire/random.js';
import { closing, type EventHead, type Json, opening } from '../wire/record-frame.js';
import { issueHead, issueRecord } from './issue-record.js';
import { noiseOf } from './noise.js';
import { refusalOf } from './refusals.js';
import type { EventRow, World } from './world.js';

export function headOf(row: EventRow): EventHead {
  const { subject } = row;
  switch (subject.kind) {
    case 'start':
      return {
        eventName: 'StartQueryExecution',
        eventSource: 'athena.amazonaws.com',
        isReadOnly: false,
        username: lookupUsernameOf(subject.credential),
        accessKeyId: signingKeyOf(subject.credential, row.number),
        resources: [],
      };
    case 'issue':
      return issueHead(row, subject.credential);
    case 'noise': {
      const noise = noiseOf(subject.template);
      return {
        ...noise,
        username: lookupUsernameOf(subject.credential),
        accessKeyId: signingKeyOf(subject.credential, row.number),
        resources: [],
      };
    }
  }
}

/** The full record, as `CloudTrailEvent` and log files carry it (aws-facts 3). */
export function recordOf(world: World, row: EventRow): Json {
  const { subject } = row;
  switch (subject.kind) {
    case 'start':
      return startRecord(world, row, subject);
    case 'issue':
      return subject.credential.issue ? issueRecord(world, row, subject.credential, subject.credential.issue) : {};
    case 'noise': {
      const { request, response, eventName, eventSource, isReadOnly } = noiseOf(subject.template);
      return {
        ...opening(userIdentityOf(subject.credential, row.number), row, eventSource, eventName),
        sourceIPAddress: subject.credential.sourceIp,
        userAgent: subject.credential.userAgent,
        requestParameters: request,
        responseElements: response,
        ...closing(world, row, isReadOnly),
      };
    }
  }
}

function startRecord(world: World, row: EventRow, subject: Extract<EventRow['subject'], { kind: 'start' }>): Json {
  const { attempt, credential } = subject;
  const { channel } = attempt;
  const given = startRequestOf(world, attempt);
  const refusal = attempt.fate === 'refused' ? refusalOf(world, attempt) : null;
  const identity = userIdentityOf(credential, row.number);
  const invokedBy = credential === attempt.credential ? channel.invokedBy : null;
  if (invokedBy !== null) identity.invokedBy = invokedBy;
  const context: Json = {};
  if (given.catalog !== null) context.catalog = given.catalog;
  if (given.database !== null) context.database = given.database;
  const request: Json = { queryString: '***OMITTED***', clientRequestToken: given.clientRequestToken };
  if (Object.keys(context).length > 0) request.queryExecutionContext = context;
  if (given.outputLocation !== null && hash(attempt.number, 'output') % 2 === 0) {
    request.resultConfiguration = {
      outputLocation: given.outputLocation.slice(0, given.outputLocation.lastIndexOf('/') + 1),
    };
  } else if (hash(attempt.number, 'output') % 3 === 0) request.resultConfiguration = {};
  // A caller who names no workgroup leaves the member out (aws-facts 2.4).
  if (attempt.workGroup.name !== 'primary' || hash(attempt.number, 'group') % 2 === 0) {
    request.workGroup = attempt.workGroup.name;
  }
  return {
    ...opening(identity, row, 'athena.amazonaws.com', 'StartQueryExecution'),
    sourceIPAddress: credential.sourceIp,
    userAgent: credential.userAgent,
    ...(refusal ? { errorCode: refusal.code, errorMessage: refusal.message } : {}),
    requestParameters: refusal?.hidesRequest ? null : request,
    responseElements: refusal ? null : { queryExecutionId: executionIdOf(world, attempt) },
    ...closing(world, row, false),
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `athena.${row.region}.amazonaws.com`,
    },
    ...(credential.isConsole ? { sessionCredentialFromConsole: 'true' } : {}),
  };
}
