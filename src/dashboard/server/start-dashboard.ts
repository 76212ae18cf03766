import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { answerError } from './answer-error.js';
import { apiRoutes } from './api.js';
import { consoleRoute } from './console-route.js';
import type { DashboardContext } from './context.js';
import { exportRoute } from './export-route.js';
import { firstAnswers } from './first-answers.js';
import { metricsRoute } from './metrics-route.js';
import { packRoute } from './pack-route.js';
import { pageFiles } from './page-files.js';
import { guard } from './security.js';
import { viewsRoute } from './views-route.js';

export interface DashboardOptions {
  readonly context: DashboardContext;
  /** Folder of the built page. */
  readonly page: string;
  /** First port to try; 0 takes any. */
  readonly port: number;
  /** How many ports to try when the first is taken; 1 insists on it. */
  readonly tries: number;
  readonly token: string;
  /** Makes secrets that let in once. */
  readonly newTicket: () => string;
  readonly session: string;
}

export interface Dashboard {
  readonly port: number;
  /** The address to open; it holds the token. */
  readonly url: string;
  /** An address that works once: what is given to another program can be read by others. */
  ticketUrl(): string;
  close(): Promise<void>;
}

/** Starts the dashboard on the loopback interface. @throws Error naming the ports when all are taken */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { context } = options;
  const api = apiRoutes(context);
  api.onError(answerError(context));
  const page = await pageFiles(options.page, (address) => firstAnswers({ context, api }, address));
  const tickets = new Set<string>();
  const { app: terminal, close: closeConsole } = consoleRoute(context);
  for (let attempt = 0; ; attempt += 1) {
    const wanted = options.port === 0 ? 0 : options.port + attempt;
    let handler: Hono | null = null;
    try {
      const { port, close } = await listen(
        wanted,
        (request) => handler?.fetch(request) ?? new Response(null, { status: 503 }),
      );
      handler = new Hono();
      handler.onError(answerError(context));
      const { metrics } = context;
      if (metrics) handler.route('/metrics', metricsRoute(metrics, port));
      handler.use(
        guard({ token: options.token, takeTicket: (ticket) => tickets.delete(ticket), session: options.session, port }),
      );
      handler.route('/api/console', terminal);
      handler.route('/api/views', viewsRoute(context));
      handler.route('/api/export', exportRoute(context));
      handler.route('/api/evidence.zip', packRoute(context));
      handler.route('/api', api);
      handler.route('/', page);
      return {
        port,
        url: `http://127.0.0.1:${port}/?token=${options.token}`,
        ticketUrl() {
          const ticket = options.newTicket();
          tickets.add(ticket);
          return `http://127.0.0.1:${port}/?token=${ticket}`;
        },
        async close() {
          await close();
          closeConsole();
        },
      };
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      if (attempt + 1 >= options.tries) {
        const ports = options.tries === 1 ? `port ${wanted} is` : `ports ${options.port} to ${wanted} are`;
        throw new Error(`${ports} taken by other programs: name a free one with --port`, { cause: error });
      }
    }
  }
}

function listen(
  port: number,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, (address) => {
      server.off('error', reject);
      resolve({
        port: address.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
