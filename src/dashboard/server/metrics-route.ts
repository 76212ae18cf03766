import { Hono } from 'hono';

/**
 * Sums for a monitoring system, without a session: no label names a person or a text. Only a request that names this computer is
 * answered, so that no other site can make a browser ask.
 */
export function metricsRoute(metrics: () => Promise<string | null>, port: number): Hono {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const app = new Hono();
  app.get('/', async (request) => {
    if (!hosts.has(request.req.header('host') ?? ''))
      return request.text('refused: the request names another host\n', 403);
    const text = await metrics();
    if (text === null) return request.text('The reports are being read for the first time.\n', 503);
    request.header('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    request.header('Cache-Control', 'no-store');
    request.header('X-Content-Type-Options', 'nosniff');
    return request.body(text);
  });
  return app;
}
