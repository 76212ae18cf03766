/** Time, and waiting for it. `now` is epoch milliseconds; `sleep` rejects when the signal fires. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
