import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TaskFailed } from './asl-interpreter.js';

const HOST = fileURLToPath(new URL('./lambda-host.mjs', import.meta.url));

/** A function: as many processes as it has concurrent invocations, at most `concurrency`. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** What the processes wrote to stdout. */
  readonly log: string[];
  close(): void;
}

interface Answer {
  readonly id: number;
  readonly answer?: string;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** Makes a function of a bundle. Errors come back as TaskFailed, named as Step Functions would name them. */
export function createLambdaFunction(options: {
  readonly name: string;
  /** Path of `index.mjs`. */
  readonly bundle: string;
  readonly accountId: string;
  readonly env: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly timeoutMs: number;
}): LambdaFunction {
  const idle: ChildProcess[] = [];
  const all: ChildProcess[] = [];
  const waiting: ((child: ChildProcess) => void)[] = [];
  const log: string[] = [];
  let next = 0;

  const start = async () => {
    const child = fork(HOST, [options.bundle, options.accountId], {
      env: { PATH: process.env.PATH, AWS_LAMBDA_FUNCTION_NAME: options.name, ...options.env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    all.push(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => void log.push(...text.split('\n').filter(Boolean)));
    await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
    return child;
  };
  const acquire = async () => {
    const child = idle.pop();
    if (child) return child;
    if (all.length < options.concurrency) return start();
    return new Promise<ChildProcess>((resolve) => void waiting.push(resolve));
  };
  const release = (child: ChildProcess) => {
    const taker = waiting.shift();
    if (taker) taker(child);
    else idle.push(child);
  };
  return {
    log,
    async invoke(event) {
      const child = await acquire();
      const id = next++;
      const answer = await new Promise<Answer>((resolve) => {
        const listen = (message: Answer) => {
          if (message.id !== id) return;
          child.off('message', listen);
          resolve(message);
        };
        child.on('message', listen);
        child.send({ id, event, timeoutMs: options.timeoutMs });
      });
      release(child);
      if (answer.errorType !== undefined) {
        throw new TaskFailed(
          answer.errorType,
          JSON.stringify({ errorType: answer.errorType, errorMessage: answer.errorMessage }),
        );
      }
      return JSON.parse(answer.answer ?? 'null');
    },
    close: () => {
      for (const child of all) child.kill();
    },
  };
}
