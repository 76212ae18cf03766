import { CalendarError } from '../../calendar/report-day.js';
import { UsageError } from '../../compose/usage-error.js';
import { EXIT, type Io } from './io.js';

/** Names of errors about what a user gave, or must give: exit 2. */
const INPUT_ERRORS = new Set(['DirectoryError', 'PricesError', 'InputsLost', 'OtherTimezone']);

/** Names of errors that mean "no credentials" or "not permitted": exit 4. */
const PERMISSION_ERRORS = new Set([
  'CredentialsExpired',
  'CredentialsMissing',
  'PermissionDenied',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'ExpiredToken',
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);

/** Tells an error that better credentials, or more permissions, would have avoided. */
export function isAboutCredentials(error: unknown): boolean {
  return error instanceof Error && PERMISSION_ERRORS.has(error.name);
}

/** Shows an error the way a user can use it, and returns the exit code. An unexpected one shows its stack. */
export function reportFailure(error: unknown, io: Io): number {
  if (io.signal.aborted) {
    io.stderr('\nInterrupted. Run the same command again to go on where it stopped.\n');
    return EXIT.interrupted;
  }
  // Better credentials, or more permissions, matter more than that the scan can go on.
  if (isScanStopped(error) && !isAboutCredentials(error.cause)) {
    io.stderr(`aqt: ${error.message}\n`);
    return EXIT.partial;
  }
  const message = error instanceof Error ? error.message : String(error);
  const name = isScanStopped(error) ? error.cause.name : error instanceof Error ? error.name : '';
  if (error instanceof UsageError || error instanceof CalendarError || INPUT_ERRORS.has(name)) {
    io.stderr(`aqt: ${message}\n`);
    return EXIT.usage;
  }
  // The SDK's own words, wherever a bucket is opened without a Region.
  if (message === 'Region is missing') {
    io.stderr('aqt: no AWS Region: set AWS_REGION, or a region in the profile\n');
    return EXIT.usage;
  }
  if (PERMISSION_ERRORS.has(name)) {
    io.stderr(`aqt: ${message}\n`);
    return EXIT.permission;
  }
  const isExpected =
    error instanceof Error &&
    (error.constructor !== Error ? !isBug(error) : error.cause !== undefined || !error.stack?.includes('TypeError'));
  io.stderr(
    isExpected && !io.env.AQT_DEBUG
      ? `aqt: ${message}\n`
      : `aqt: ${error instanceof Error ? (error.stack ?? message) : message}\n`,
  );
  return EXIT.failed;
}

/** The error classes of the language itself: nobody throws them on purpose here. */
function isBug(error: Error): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError
  );
}

function isScanStopped(error: unknown): error is Error & { readonly cause: Error } {
  return error instanceof Error && error.name === 'ScanStopped' && error.cause instanceof Error;
}
