import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';

/** Posts records to a URL. */
export interface Poster {
  /** Returns when the consumer has taken the text. @throws PostRefused, PostFailed */
  post(body: string): Promise<void>;
}

/** The consumer will not take it: trying again would not help. */
export class PostRefused extends Error {
  override readonly name = 'PostRefused';
}

/** The consumer could not be reached, or could not take it now, for all tries. */
export class PostFailed extends Error {
  override readonly name = 'PostFailed';
}

const TRIES = 6;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
const PATIENCE_MS = 30_000;
/** Of an answer, for the message. */
const SHOWN_CHARACTERS = 200;

/**
 * Posts texts one after another: the next waits until the one before was taken. 408, 425, 429, 5xx and broken connections are tried
 * again, six times at most, waiting as `Retry-After` says or twice as long each time. The same text carries the same
 * `Idempotency-Key`. Redirects are refused: headers may hold a secret.
 */
export function createPoster(options: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** For one answer, in milliseconds; 30 seconds when absent. */
  readonly patienceMs?: number;
}): Poster {
  const { url, headers, clock, random, signal, patienceMs = PATIENCE_MS } = options;
  const where = placeOf(url);
  const attempt = async (
    body: string,
    key: string,
  ): Promise<string | { readonly waitMs: number | null; why: string }> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': key },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      });
      const text = (await response.text()).slice(0, SHOWN_CHARACTERS);
      if (response.ok) return text;
      const why = `it answered ${response.status}`;
      if (response.status < 500 && ![408, 425, 429].includes(response.status))
        throw new PostRefused(`${where}: ${why}${text === '' ? '' : `: ${JSON.stringify(text)}`}`);
      return { waitMs: retryAfter(response.headers.get('retry-after')), why };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PostRefused) throw error;
      return { waitMs: null, why: whyOf(error, patienceMs) };
    }
  };
  return {
    async post(body) {
      const key = createHash('sha256').update(body).digest('hex');
      for (let tries = 1; ; tries++) {
        const outcome = await attempt(body, key);
        if (typeof outcome === 'string') return;
        if (tries >= TRIES)
          throw new PostFailed(
            `${where} took nothing in ${TRIES} tries (${outcome.why}); run the same command again, with --remember it goes on where it stopped`,
          );
        const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + random() / 2);
        await clock.sleep(Math.min(LONGEST_WAIT_MS, outcome.waitMs ?? backoff), signal);
      }
    },
  };
}

function whyOf(error: unknown, patienceMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${patienceMs / 1000} seconds`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Without user, password and query, which may be secrets. @throws PostRefused for what is no http URL */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new PostRefused(`--url: this is no http:// or https:// address`);
  return `${parsed.origin}${parsed.pathname}`;
}

function retryAfter(header: string | null): number | null {
  return header !== null && /^\d{1,5}$/.test(header.trim()) ? Number(header) * 1000 : null;
}
