import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { RowsNotHere } from '../rows/need-rows.js';
import { RowsLetGo, RowsLoading } from '../rows/row-source.js';
import { answerError } from './answer-error.js';
import type { DashboardContext } from './context.js';

async function answered(thrown: Error): Promise<{ status: number; retryAfter: string | null; error: object }> {
  const app = new Hono();
  app.onError(answerError({ program: 'node dist/cli.js' } as DashboardContext));
  app.get('/', () => {
    throw thrown;
  });
  const response = await app.request('/');
  const { error } = (await response.json()) as { error: object };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), error };
}

it('names the program as it was started where rows are refused', async () => {
  const hint = 'start aqt serve with a larger --cache-limit, or ask aqt report or aqt query';
  expect(await answered(new RowsNotHere(hint))).toMatchObject({
    status: 409,
    error: { message: hint.replaceAll('aqt', 'node dist/cli.js') },
  });
});

it('says of rows that are on their way how far they have come, and when to ask again', async () => {
  const loading = { from: '2026-11-01', to: '2026-12-10', doneDays: 12, days: 40 };
  expect(await answered(new RowsLoading(loading))).toEqual({
    status: 503,
    retryAfter: '1',
    error: { message: 'Loading 12 of 40 days, 2026-11-01 to 2026-12-10.', loading },
  });
});

it('tells rows that were let go from those that never fit', async () => {
  expect(await answered(new RowsLetGo('gone'))).toMatchObject({ status: 409, error: { let_go: true } });
  expect((await answered(new RowsNotHere('x'))).error).not.toHaveProperty('let_go');
});
