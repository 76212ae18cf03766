import type { SourceAccount } from '../../ports/start-source.js';

/** A source broke off after something was read: the same scan goes on where it stopped. */
export class ScanStopped extends Error {
  override readonly name = 'ScanStopped';
  constructor({ kind, accountId, region }: SourceAccount, cause: unknown) {
    const place = [kind, accountId, region].filter(Boolean).join(' ');
    super(
      `${place} broke off: ${cause instanceof Error ? cause.message : String(cause)}; what was read is kept: run the same command again, and it goes on where it stopped`,
      { cause },
    );
  }
}

/** Tells a failure of the other side's, which passes, from a request that is wrong. By the SDK's own mark (`$fault`). */
export function isPassing(error: unknown): boolean {
  const { $fault, name } = (error ?? {}) as { readonly $fault?: unknown; readonly name?: unknown };
  return $fault === 'server' || name === 'ThrottlingException' || name === 'TimeoutError';
}
