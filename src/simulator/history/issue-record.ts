import {
  type Credential,
  callerArnOf,
  callerIdOf,
  type Issue,
  lookupUsernameOf,
  signingKeyOf,
  userIdentityOf,
} from '../company/credential.js';
import { createRandom, hash, uuidOf } from '../wire/random.js';
import { closing, type EventHead, type Json, opening } from '../wire/record-frame.js';
import type { EventRow, World } from './world.js';

/** What LookupEvents can filter an issue by. */
export function issueHead(row: EventRow, credential: Credential): EventHead {
  const { issue } = credential;
  const caller = issue?.caller.kind === 'credential' ? issue.caller.credential : null;
  const isTarget = row.subject.kind === 'issue' && row.subject.copy === 'target';
  const resources =
    issue?.eventName === 'CreateOAuth2Token' || credential.accessKeyId === null
      ? []
      : [{ type: 'AWS::IAM::AccessKey', name: credential.accessKeyId }];
  if (credential.kind === 'role' && issue?.eventName !== 'CreateOAuth2Token') {
    // Shape of the Resources list of AssumeRole: aws-facts 1.6.
    resources.push(
      { type: 'AWS::STS::AssumedRole', name: callerIdOf(credential) },
      { type: 'AWS::STS::AssumedRole', name: callerArnOf(credential) },
      { type: 'AWS::STS::AssumedRole', name: credential.sessionName ?? '' },
      { type: 'AWS::IAM::Role', name: credential.issuerArn },
    );
  }
  return {
    eventName: issue?.eventName ?? '',
    eventSource: issue?.eventName === 'CreateOAuth2Token' ? 'signin.amazonaws.com' : 'sts.amazonaws.com',
    isReadOnly: issue?.eventName.startsWith('AssumeRole') ?? false,
    username:
      caller && !isTarget ? lookupUsernameOf(caller) : issue?.caller.kind === 'saml' ? issue.caller.subject : null,
    accessKeyId: caller && !isTarget ? signingKeyOf(caller, row.number) : null,
    resources,
  };
}

/** The record of a call that issued a credential (aws-facts 3.5). */
export function issueRecord(world: World, row: EventRow, credential: Credential, issue: Issue): Json {
  const head = issueHead(row, credential);
  const { caller } = issue;
  const isTarget = row.subject.kind === 'issue' && row.subject.copy === 'target';
  const isCrossAccount = row.subject.kind === 'issue' && row.subject.copy !== 'only';
  const client = caller.kind === 'credential' ? caller.credential : credential;
  const isService = caller.kind === 'service';
  const identity =
    isTarget && caller.kind === 'credential'
      ? { type: 'AWSAccount', principalId: callerIdOf(caller.credential), accountId: caller.credential.accountId }
      : callerIdentity(issue, row.number);
  const isSignIn = issue.eventName === 'CreateOAuth2Token';
  return {
    ...opening(identity, row, head.eventSource, issue.eventName),
    sourceIPAddress: isService ? caller.service : client.sourceIp,
    userAgent: isService ? caller.service : client.userAgent,
    requestParameters: requestOf(credential, issue),
    responseElements: isSignIn ? null : responseOf(world, credential, issue),
    additionalEventData: isSignIn
      ? { success: 'true', grant_type: 'authorization_code', signInSessionArn: credential.signInSessionArn }
      : {
          RequestDetails: {
            endpointType: issue.isGlobalEndpoint ? 'global' : 'regional',
            awsServingRegion: issue.region,
          },
        },
    ...closing(world, row, head.isReadOnly),
    ...(credential.kind === 'role' && !isSignIn
      ? { resources: [{ accountId: credential.accountId, type: 'AWS::IAM::Role', ARN: credential.issuerArn }] }
      : {}),
    ...(isCrossAccount || isService ? { sharedEventID: uuidOf(hash(world.seed, 'shared'), credential.number) } : {}),
    ...(caller.kind === 'credential' && caller.credential.isConsole ? { sessionCredentialFromConsole: 'true' } : {}),
  };
}

function callerIdentity({ caller }: Issue, request: number): Json {
  switch (caller.kind) {
    case 'credential':
      return userIdentityOf(caller.credential, request);
    case 'service':
      return { type: 'AWSService', invokedBy: caller.service };
    case 'saml':
      return {
        type: 'SAMLUser',
        principalId: `${hash(caller.issuer).toString(36)}=:${caller.subject}`,
        userName: caller.subject,
        identityProvider: `${hash(caller.issuer).toString(36)}=`,
      };
    case 'oidc':
      return {
        type: 'WebIdentityUser',
        principalId: `${caller.provider}:${caller.audience}:${caller.subject}`,
        userName: caller.subject,
        identityProvider: caller.provider,
      };
  }
}

function requestOf(credential: Credential, issue: Issue): Json {
  const request: Json = {};
  if (issue.eventName === 'CreateOAuth2Token') return { clientId: 'arn:aws:signin:::devtools/same-device' };
  if (credential.kind === 'role')
    Object.assign(request, { roleArn: credential.issuerArn, roleSessionName: credential.sessionName });
  if (issue.eventName === 'GetFederationToken') request.name = credential.sessionName;
  if (issue.eventName === 'GetSessionToken') request.serialNumber = credential.issuerArn.replace(':user/', ':mfa/');
  if (issue.caller.kind === 'saml') {
    Object.assign(request, {
      principalArn: issue.caller.providerArn,
      sAMLAssertionID: `_${hash(credential.number).toString(16)}`,
    });
  }
  request.durationSeconds = 3600;
  if (
    credential.sourceIdentity !== null &&
    !(issue.caller.kind === 'credential' && issue.caller.credential.sourceIdentity !== null)
  ) {
    request.sourceIdentity = credential.sourceIdentity;
  }
  const tags = Object.entries(issue.tags).map(([key, value]) => ({ key, value }));
  if (tags.length > 0) request.tags = tags;
  return request;
}

function responseOf(world: World, credential: Credential, issue: Issue): Json {
  const response: Json = {
    credentials: {
      // A console session never shows the key of the requests that follow: the console mints one for each.
      accessKeyId: credential.accessKeyId ?? signingKeyOf(credential, -1),
      sessionToken: `SIMULATED${createRandom(world.seed, 'token', credential.number).hex(40)}`,
      expiration: usTime(credential.expiresAt ?? 0),
    },
  };
  if (credential.kind === 'role') {
    response.assumedRoleUser = { assumedRoleId: callerIdOf(credential), arn: callerArnOf(credential) };
  }
  if (credential.kind === 'federated') {
    response.federatedUser = { federatedUserId: callerIdOf(credential), arn: callerArnOf(credential) };
    response.packedPolicySize = 6;
  }
  if (credential.sourceIdentity !== null) response.sourceIdentity = credential.sourceIdentity;
  const { caller } = issue;
  if (caller.kind === 'saml') {
    Object.assign(response, {
      subject: caller.subject,
      subjectType: 'persistent',
      issuer: caller.issuer,
      audience: 'https://signin.aws.amazon.com/saml',
      nameQualifier: `${hash(caller.issuer).toString(36)}=`,
    });
  }
  if (caller.kind === 'oidc') {
    Object.assign(response, {
      subjectFromWebIdentityToken: caller.subject,
      provider: caller.provider,
      audience: caller.audience,
    });
  }
  return response;
}

/** `Nov 1, 2026, 4:07:39 PM`, in UTC, as STS writes expirations into CloudTrail (aws-facts 3.5). */
function usTime(time: number): string {
  const date = new Date(time);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    date.getUTCMonth()
  ];
  const hours = date.getUTCHours();
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${month} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
