import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConsoleResult } from '../../analytics/view/console.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { CONSOLE_LIMITS, type ConsoleAnswer, type ConsoleQuestion } from './console-limits.js';

/** Answers statements in a process of its own. */
export interface ConsoleWorker {
  /** @throws ConsoleError when the statement is refused, or takes more than it may; the signal's reason when it fires */
  ask(question: ConsoleQuestion, signal: AbortSignal): Promise<ConsoleResult>;
  close(): void;
}

/** Starts the process when it is first needed, and again after it had to be ended. One question at a time. */
export function consoleWorker(): ConsoleWorker {
  let child: ChildProcess | null = null;
  const end = (): void => {
    child?.removeAllListeners();
    child?.kill('SIGKILL');
    child = null;
  };
  return {
    async ask(question, signal) {
      signal.throwIfAborted();
      const worker = child ?? start();
      child = worker;
      const limit = AbortSignal.timeout(CONSOLE_LIMITS.seconds * 1000);
      try {
        const answer = await reply(worker, question, AbortSignal.any([signal, limit]));
        if ('isLast' in answer) end();
        return resultOf(answer);
      } catch (error) {
        if (limit.aborted)
          throw new ConsoleError(`stopped after ${CONSOLE_LIMITS.seconds} seconds: narrow the time range`);
        throw error;
      } finally {
        // A statement that is still running can only be ended with its process.
        if (signal.aborted || limit.aborted || worker.exitCode !== null || !worker.connected) end();
      }
    },
    close: end,
  };
}

function start(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(`./console-process.${isSource ? 'ts' : 'js'}`, import.meta.url));
  // Nothing of the environment is needed, and credentials least of all.
  return fork(program, {
    execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function reply(worker: ChildProcess, question: ConsoleQuestion, signal: AbortSignal): Promise<ConsoleAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (answer: ConsoleAnswer): void => settle(() => resolve(answer));
    const onExit = (): void =>
      settle(() => reject(new ConsoleError('the process of the console ended before it answered: run it again')));
    const onAbort = (): void => settle(() => reject(signal.reason));
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    worker.send(question, (error) => error && settle(() => reject(error)));
  });
}

function resultOf(answer: ConsoleAnswer): ConsoleResult {
  if ('result' in answer) return answer.result;
  throw 'refused' in answer ? new ConsoleError(answer.refused) : new Error(answer.failed);
}
