import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

export interface SecurityOptions {
  /** The secret of the printed address. */
  readonly token: string;
  /** Takes a secret that lets somebody in once, and forgets it; false when it is none. */
  readonly takeTicket: (ticket: string) => boolean;
  /** The secret of the cookie. */
  readonly session: string;
  readonly port: number;
}

/**
 * Lets in the browser that opened the printed address, and nobody else: not another site that makes the browser ask (Host,
 * Origin and Sec-Fetch-Site are checked, and the cookie is SameSite=Strict), nor another user of the machine without the token.
 */
export function guard({ token, takeTicket, session, port }: SecurityOptions): MiddlewareHandler {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  // Cookies know no ports: two dashboards on one machine must not share a name.
  const cookie = `aqt_${port}`;
  return async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (!hosts.has(context.req.header('host') ?? '')) return refuse(context, 'the request names another host');
    const origin = context.req.header('origin');
    if (origin !== undefined && !origins.has(origin)) return refuse(context, 'the request comes from another site');
    const site = context.req.header('sec-fetch-site');
    const isNavigation = context.req.header('sec-fetch-mode') === 'navigate' && context.req.method === 'GET';
    if ((site === 'cross-site' || site === 'same-site') && !isNavigation) {
      return refuse(context, 'the request comes from another site');
    }
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD' && origin === undefined) {
      return refuse(context, 'the request does not say where it comes from');
    }
    const given = context.req.query('token');
    if (given !== undefined && context.req.method === 'GET' && (isSame(given, token) || takeTicket(given))) {
      setCookie(context, cookie, session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      const url = new URL(context.req.url);
      url.searchParams.delete('token');
      // A path that begins with two slashes would name another host.
      return context.redirect(`/${url.pathname.replace(/^\/+/, '')}${url.search}`, 303);
    }
    if (!isSame(getCookie(context, cookie) ?? '', session)) return unknownVisitor(context);
    return next();
  };
}

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Cache-Control': 'no-store',
};

function refuse(context: Context, reason: string): Response {
  return context.json({ error: { message: `refused: ${reason}` } }, 403);
}

function unknownVisitor(context: Context): Response {
  const message = 'Open the address that the server printed in its terminal: it holds the key to this dashboard.';
  if (context.req.path.startsWith('/api/')) return context.json({ error: { message } }, 401);
  return context.html(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>athena-query-tracker</title><h1>This dashboard is locked</h1><p>${message}</p></html>`,
    401,
  );
}

/** Compares without telling by its time how much was right. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
