import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { DashboardContext } from './context.js';
import { firstAnswers } from './first-answers.js';

const context = {
  live: { current: () => null },
  listed: () => null,
  status: () => ({ state: 'reading' }),
  directory: { teams: [], people: [], chargeback: [] },
  sleep: async () => undefined,
  now: () => 1,
} as unknown as DashboardContext;
const address = new URL('http://127.0.0.1:8080/');

it('sends the page without numbers when they take long, are refused, or fail', async () => {
  const late = new Hono();
  late.get('/overview', () => new Promise<Response>(() => undefined));
  const refused = new Hono();
  refused.get('/overview', (request) => request.json({ error: {} }, 503));
  const failing = new Hono();
  failing.onError((_, request) => request.json({}, 500));
  failing.get('/overview', () => {
    throw new Error('no numbers today');
  });
  for (const api of [late, refused, failing]) {
    const { status, overview } = await firstAnswers({ context, api }, address);
    expect(overview).toBeNull();
    expect(status).toMatchObject({ generation: null, now: 1 });
  }
});
