/** The name of an AWS error (`AccessDenied`, `NoSuchBucket`, …); S3's HEAD answers have no body, so no more than a name. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if (error.name === 'Unknown' || error.name === 'UnknownError') {
    return { 403: 'AccessDenied', 404: 'NotFound' }[$metadata?.httpStatusCode ?? 0] ?? error.name;
  }
  return error.name;
}

/** Tells whether AWS refused for want of permission. */
export function isDenied(error: unknown): boolean {
  return /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|403|Forbidden)$/.test(nameOf(error));
}
