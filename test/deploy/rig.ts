import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const RIG = resolve('../shared/tools/aws-rig/rig.py');

/** Why the rig cannot run here; null when it can. */
export function rigMissing(): string | null {
  if (!existsSync(RIG)) return `${RIG} is not there`;
  try {
    execFileSync('python3', ['-c', 'import moto, boto3, flask'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'python3 with moto, boto3 and flask is not on this machine';
  }
}

/** Tells whether a command is on this machine. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Rig {
  readonly url: string;
  post(path: string, body: unknown): Promise<unknown>;
  stats(): Promise<{ readonly stats: Record<string, number>; readonly calls: { k: string; action?: string }[] }>;
  close(): void;
}

/** Makes it more careful: what its CloudFormation leaves out of a template, and updates of stacks. */
const CAREFUL = fileURLToPath(new URL('./careful-rig.py', import.meta.url));

/** Starts the emulated account, with IAM enforced. */
export async function startRig({ isCareful = false }: { readonly isCareful?: boolean } = {}): Promise<Rig> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    ...(isCareful ? [CAREFUL] : []),
    ...[RIG, '--port', String(port), '--iam', '--retry-scale', '0.05', '--jsonata-dir', resolve('.')],
    // The SDK that Lambda's runtimes bring, for code inside the template.
    ...['--runtime-modules', resolve('node_modules')],
  ];
  const rig: ChildProcess = spawn('python3', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise<void>((ready, failed) => {
    const read = (text: Buffer) => {
      output += text;
      if (output.includes('rig ready')) ready();
    };
    rig.stdout?.on('data', read);
    rig.stderr?.on('data', read);
    rig.once('exit', (code) => failed(new Error(`the rig ended with ${code}: ${output.slice(-2000)}`)));
  });
  const answer = async (response: Response) => JSON.parse(await response.text());
  return {
    url,
    post: async (path, body) => answer(await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })),
    stats: async () => answer(await fetch(`${url}/_rig/stats`)),
    close: () => rig.kill(),
  };
}

/** Passes calls on to a service with one text in place of another both ways: the rig's account number is not ours to choose. */
export async function startTranslator(target: string, words: { readonly outside: string; readonly inside: string }) {
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.from(Buffer.concat(parts).toString('utf8').replaceAll(words.outside, words.inside));
      const headers = { ...incoming.headers, 'content-length': String(body.length) };
      const onward = send(`${target}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
        const answered: Buffer[] = [];
        answer.on('data', (part: Buffer) => answered.push(part));
        answer.on('end', () => {
          const text = Buffer.from(Buffer.concat(answered).toString('utf8').replaceAll(words.inside, words.outside));
          // Checksums and lengths are of the text before.
          const { 'content-length': _, 'x-amz-crc32': __, ...rest } = answer.headers;
          outgoing.writeHead(answer.statusCode ?? 500, { ...rest, 'content-length': String(text.length) });
          outgoing.end(text);
        });
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
