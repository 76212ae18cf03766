import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TaskFailed } from './asl-interpreter.js';

const HOST = fileURLToPath(new URL('./lambda-host.mjs', import.meta.url));

/** A function: as many processes as it has concurrent invocations, at most `concurrency`. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** What the processes wrote to stdout. */
  readonly log: string[];
  /** Milliseconds of each invocation. */
  readonly durations: number[];
  /** Ends a process that is at work, as Lambda may at any time; false when none is. */
  kill(): boolean;
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
  /** What the clock of the process says when an event comes; the processes' own clocks go on when absent. */
  readonly now?: () => number;
}): LambdaFunction {
  const idle: ChildProcess[] = [];
  const all: ChildProcess[] = [];
  const busy = new Set<ChildProcess>();
  const waiting: ((child: ChildProcess) => void)[] = [];
  const log: string[] = [];
  const durations: number[] = [];
  let next = 0;

  const start = async () => {
    const child = fork(HOST, [options.bundle, options.accountId], {
      env: { PATH: process.env.PATH, AWS_LAMBDA_FUNCTION_NAME: options.name, ...options.env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    all.push(child);
    child.once('exit', () => all.splice(all.indexOf(child), 1));
    // A line may come in pieces.
    if (child.stdout) createInterface(child.stdout).on('line', (line) => void log.push(line));
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
    durations,
    async invoke(event) {
      const child = await acquire();
      const id = next++;
      const began = performance.now();
      const message = { id, event, timeoutMs: options.timeoutMs, ...(options.now ? { now: options.now() } : {}) };
      busy.add(child);
      const answer = await answerOf(child, message);
      busy.delete(child);
      durations.push(performance.now() - began);
      if (child.connected) release(child);
      else if (waiting.length > 0) release(await start());
      if (answer.errorType !== undefined) {
        throw new TaskFailed(
          answer.errorType,
          JSON.stringify({ errorType: answer.errorType, errorMessage: answer.errorMessage }),
        );
      }
      return JSON.parse(answer.answer ?? 'null');
    },
    kill: () => {
      const [child] = busy;
      return child?.kill('SIGKILL') ?? false;
    },
    close: () => {
      for (const child of [...all]) child.kill();
    },
  };
}

/** Sends an event and waits for its answer. A process that ends without one fails as it does on Lambda. */
async function answerOf(
  child: ChildProcess,
  message: { readonly id: number; readonly event: unknown; readonly timeoutMs: number; readonly now?: number },
): Promise<Answer> {
  return new Promise<Answer>((resolve) => {
    const settle = (answer: Answer) => {
      child.off('message', listen);
      child.off('exit', ended);
      resolve(answer);
    };
    const listen = (answer: Answer) => {
      if (answer.id === message.id) settle(answer);
    };
    const ended = (code: number | null) =>
      settle({ id: message.id, errorType: 'Runtime.ExitError', errorMessage: `exit status ${code}` });
    child.on('message', listen);
    child.once('exit', ended);
    child.send(message);
  });
}
