import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { DashboardContext } from './context.js';
import { type SavedView, ViewError } from './view-store.js';

/** What `/api/views` answers. */
export interface SavedViews {
  readonly views: readonly SavedView[];
  /** Where they are kept: on this computer, for its user. */
  readonly file: string;
}

/** Saved views: the list, a new one (POST `{name, address}`), and one less (DELETE `?name=`). */
export function viewsRoute({ views: store }: Pick<DashboardContext, 'views'>): Hono {
  const app = new Hono();
  const answer = (views: readonly SavedView[]): SavedViews => ({ views, file: store.file });
  app.onError((error, request) => {
    if (error instanceof ViewError) return request.json({ error: { message: error.message } }, 400);
    throw error;
  });
  app.get('/', async (request) => request.json(answer(await store.list())));
  app.post('/', bodyLimit({ maxSize: 20_000 }), async (request) => {
    const body: unknown = await request.req.json().catch(() => null);
    const { name, address } = (body ?? {}) as Partial<Record<keyof SavedView, unknown>>;
    if (typeof name !== 'string' || typeof address !== 'string')
      throw new ViewError('send {"name": "…", "address": "/queries?…"}');
    return request.json(answer(await store.save({ name: name.trim(), address })));
  });
  app.delete('/', async (request) => request.json(answer(await store.remove(request.req.query('name') ?? ''))));
  return app;
}
