/** Ends that a scheduler answers by running again. Everything else is a fault of the program. */
const EXPECTED = new Set([
  'AbortError',
  'Crash',
  'CredentialsExpired',
  'UnusableAnswer',
  'WriteConflict',
  'ThrottlingException',
  'InternalServerException',
  'InternalFailure',
  'InternalError',
  // Of an account that nobody may read for a while, when nothing else could be read either.
  'PermissionDenied',
  'TimeoutError',
  'SlowDown',
  'ExpiredToken',
  'RequestTimeTooSkewed',
]);

/** Tells whether a process may end like that while things go wrong around it. */
export function isExpectedEnding(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  const isHttp = '$metadata' in error || '$response' in error || code === 'ECONNRESET';
  // The program itself says so where nothing else helps, for example against tokens that are refused again and again.
  return EXPECTED.has(error.name) || isHttp || error.message.includes('run the same command again');
}
