/** The credentials of this run have expired or are not valid (any more); trying again cannot help. */
export class CredentialsExpired extends Error {
  override readonly name = 'CredentialsExpired';
  constructor(cause: unknown) {
    super(
      `AWS did not accept the credentials (${describe(cause)}); sign in again (for example "aws sso login") and run the same command again: it goes on where it stopped`,
      { cause },
    );
  }
}

/** The caller may not do what was asked. */
export class PermissionDenied extends Error {
  override readonly name = 'PermissionDenied';
  /** The IAM action that is missing, for example `cloudtrail:LookupEvents`. */
  readonly action: string;
  constructor(action: string, cause: unknown) {
    super(`AWS denied ${action} (${describe(cause)}); allow that action for the principal that runs this`, { cause });
    this.action = action;
  }
}

/** AWS answered 200 with something that is no answer: an empty body reads as "nothing found" unless somebody looks. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
  constructor(operation: string, missing: string) {
    super(`the answer to ${operation} has no ${missing}`);
  }
}

const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const EXPIRED = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidIdentityToken',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'TokenProviderError',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);
/** The SDK learns the clock's error from such an answer and signs the next call right; a wrong key fails again. */
const SKEWED = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'AuthorizationError',
  'Forbidden',
  'KMS.AccessDeniedException',
  'NotAuthorized',
  'OptInRequired',
  'UnauthorizedOperation',
]);
const TRANSIENT = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'NetworkingError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
]);
const BROKEN_CONNECTION = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
]);

/**
 * Tells a throttled call: by its name, which CloudTrail and Athena send with HTTP 400 and outside of their models; by HTTP
 * 429; and by a 4xx answer that is no JSON, which both send under load (aws-facts 1.4 and 2.1).
 */
export function isThrottling(error: unknown): boolean {
  if (THROTTLING.has(nameOf(error)) || statusOf(error) === 429) return true;
  if (/rate exceeded/i.test(messageOf(error))) return true;
  const status = statusOf(error);
  const isWordless = isUnparsable(error) || nameOf(error) === 'Unknown';
  return isWordless && status !== null && status >= 400 && status < 500;
}

/** Tells that the credentials are missing, expired or wrong. */
export function isExpiredCredentials(error: unknown): boolean {
  return error instanceof CredentialsExpired || EXPIRED.has(nameOf(error));
}

/** Tells that AWS found the signature wrong or out of its time: worth another try, but no more than one or two. */
export function isClockSkew(error: unknown): boolean {
  return SKEWED.has(nameOf(error));
}

/** Tells that the principal lacks a permission. */
export function isAccessDenied(error: unknown): boolean {
  if (error instanceof PermissionDenied) return true;
  if (isExpiredCredentials(error) || isClockSkew(error) || isThrottling(error)) return false;
  return DENIED.has(nameOf(error)) || (statusOf(error) === 403 && !isUnparsable(error));
}

/** Tells a failure that may pass: a 5xx, a time-out, a broken connection, an answer that is not what the protocol says. */
export function isTransient(error: unknown): boolean {
  if (isExpiredCredentials(error) || isAccessDenied(error)) return false;
  if (isClockSkew(error) || error instanceof UnusableAnswer) return true;
  const status = statusOf(error);
  if (status !== null && status >= 500) return true;
  return TRANSIENT.has(nameOf(error)) || BROKEN_CONNECTION.has(codeOf(error)) || isUnparsable(error);
}

/** Says in a few words what AWS answered, for messages. */
export function describe(error: unknown): string {
  const message = messageOf(error).split('\n', 1)[0]?.slice(0, 300) ?? '';
  return [nameOf(error), message].filter((part) => part !== '').join(': ');
}

/** Name of the exception as AWS calls it, without the namespace some services put before it. */
export function nameOf(error: unknown): string {
  const name = textAt(error, 'name');
  return name.slice(name.lastIndexOf('#') + 1);
}

/** The SDK could not make an answer out of the body: HTML of a load balancer, XML, or a body that was cut off. */
function isUnparsable(error: unknown): boolean {
  return error instanceof SyntaxError || /deserialization error|unexpected token|char '<'/i.test(messageOf(error));
}

function statusOf(error: unknown): number | null {
  const metadata = memberOf(error, '$metadata');
  const status = memberOf(metadata, 'httpStatusCode') ?? memberOf(memberOf(error, '$response'), 'statusCode');
  return typeof status === 'number' ? status : null;
}

function codeOf(error: unknown): string {
  return textAt(error, 'code') || textAt(memberOf(error, 'cause'), 'code');
}

function messageOf(error: unknown): string {
  return textAt(error, 'message') || textAt(error, 'Message');
}

function textAt(value: unknown, key: string): string {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : '';
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown })[key] : undefined;
}
