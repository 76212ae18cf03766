import type { Hono } from 'hono';
import type { Api } from '../answers/answers.js';
import type { DashboardContext } from './context.js';
import { type Status, statusOf } from './status.js';

/** What the page is sent with, so that it need not ask for it. */
export interface FirstAnswers {
  readonly status: Status;
  /** What `/api/overview?` answers; null on other pages, and where it is not there yet. */
  readonly overview: Api['/overview'] | null;
}

/** Who waits longer for numbers, in milliseconds, had better see the page without them. */
const PATIENCE_MS = 150;

/** Asks what the page at an address would ask first. */
export async function firstAnswers(
  { context, api }: { readonly context: DashboardContext; readonly api: Hono },
  { pathname, search }: URL,
): Promise<FirstAnswers> {
  const isFirstPage = pathname === '/' && search === '';
  const overview = isFirstPage
    ? await Promise.race([overviewOf(api), context.sleep(PATIENCE_MS).then(() => null)])
    : null;
  return { status: statusOf(context), overview };
}

/** A refusal, a failure or word of rows that are being loaded is none to send: the page asks again, and shows why. */
async function overviewOf(api: Hono): Promise<Api['/overview'] | null> {
  const answer = await api.request('/overview');
  return answer.status === 200 ? ((await answer.json()) as Api['/overview']) : null;
}
