import type { S3ClientConfig } from '@aws-sdk/client-s3';

type RetryStrategy = NonNullable<S3ClientConfig['retryStrategy']>;

/** The SDK's own rule of what to try again, without its pauses: the SDK knows no virtual clock. */
export function retryAtOnce(attempts: number): RetryStrategy {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (last, { errorType }) => {
      const isWorthIt = errorType === 'THROTTLING' || errorType === 'TRANSIENT';
      if (!isWorthIt || last.getRetryCount() + 1 >= attempts) throw new Error('no further attempt');
      return token(last.getRetryCount() + 1);
    },
    recordSuccess: () => {},
  };
}
