import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { reportDateAt } from '../../calendar/report-day.js';
import { readView } from '../answers/view-request.js';
import { heldWindow } from '../rows/need-rows.js';
import type { DashboardContext } from './context.js';
import type { PackView } from './pack-view.js';

/** A pack of evidence for the view at hand, whole report days. One is made at a time. */
export function packRoute(context: DashboardContext): Hono {
  const app = new Hono();
  let queue: Promise<unknown> = Promise.resolve();
  app.get('/', async (request) => {
    const snapshot = context.live.current();
    if (!snapshot) return request.json({ error: { message: 'The reports are being read for the first time.' } }, 503);
    const params = new URL(request.req.url).searchParams;
    const { coverage } = snapshot;
    const held = heldWindow(snapshot);
    const { scope, filters } = readView(params, { coverage, held, isAuditor: context.isAuditor });
    const view: PackView = {
      from: reportDateAt(scope.window.start, coverage.timezone),
      to: reportDateAt(scope.window.end - 1, coverage.timezone),
      filters: filters.flatMap(({ name, values, isNot }) =>
        values.map((value) => [isNot ? `-${name}` : name, value] as const),
      ),
      isMasked: scope.isMasked,
    };
    const turn = queue.then(() => context.pack(view));
    queue = turn.catch(() => undefined);
    const { file, remove } = await turn;
    request.header('Content-Type', 'application/zip');
    request.header('Content-Disposition', `attachment; filename="athena-evidence-${view.from}-${view.to}.zip"`);
    const bytes = createReadStream(file);
    bytes.once('close', () => void remove());
    return request.body(Readable.toWeb(bytes) as ReadableStream<Uint8Array<ArrayBuffer>>);
  });
  return app;
}
