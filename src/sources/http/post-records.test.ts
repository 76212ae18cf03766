import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPoster } from './post-records.js';

let server: Server;
let url = '';
let answers: { status: number; headers?: Record<string, string> }[] = [];
const seen: { body: string; headers: IncomingMessage['headers'] }[] = [];
const waited: number[] = [];

beforeEach(async () => {
  seen.length = 0;
  waited.length = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ body, headers: request.headers });
    const { status, headers = {} } = answers.shift() ?? { status: 200 };
    response.writeHead(status, headers).end('words');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in?secret=1`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const poster = (patienceMs = 30_000) =>
  createPoster({
    patienceMs,
    url,
    headers: { authorization: 'Bearer t' },
    clock: { now: () => 0, sleep: async (ms) => void waited.push(ms) },
    random: () => 1,
    signal: new AbortController().signal,
  });

describe('posting', () => {
  it('tries again what may pass, with the same key, as late as it was asked to', async () => {
    answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '7' } }];
    await poster().post('{"a":1}');
    expect(seen.map(({ body }) => body)).toEqual(Array(3).fill('{"a":1}'));
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(seen[0]?.headers.authorization).toBe('Bearer t');
    expect(waited).toEqual([500, 7000]);
  });

  it('gives up after six tries, and says how to go on without the secret in the address', async () => {
    answers = Array.from({ length: 9 }, () => ({ status: 500 }));
    await expect(poster().post('x')).rejects.toThrow(
      /127\.0\.0\.1:\d+\/in took nothing in 6 tries \(it answered 500\)/,
    );
    expect(seen).toHaveLength(6);
  });

  it('waits for a consumer that hangs for so long and no longer, before its answer and in the middle of it', async () => {
    const hanging = createServer((_, response) => {
      asked++;
      if (asked % 2 === 0) response.writeHead(200).write('begun');
    });
    let asked = 0;
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/in`;
    await expect(poster(50).post('x')).rejects.toThrow(
      /\/in took nothing in 6 tries \(no answer in 0\.05 seconds\); run the same command again, with --remember/,
    );
    expect(asked).toBe(6);
    expect(waited).toEqual([500, 1000, 2000, 4000, 8000]);
    hanging.closeAllConnections();
    await new Promise((resolve) => hanging.close(resolve));
  });

  it('does not repeat what was refused, and follows no redirect', async () => {
    answers = [{ status: 400 }];
    await expect(poster().post('x')).rejects.toThrow('it answered 400: "words"');
    answers = [{ status: 302, headers: { location: 'http://elsewhere.example/' } }];
    await expect(poster().post('x')).rejects.toThrow('it answered 302');
    expect(seen).toHaveLength(2);
  });

  it('refuses an address that is none', () => {
    url = 'file:///etc/passwd';
    expect(() => poster()).toThrow('no http:// or https:// address');
  });
});
