import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Execution } from './asl-interpreter.js';

export const DAY_MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:aqt-day';

/** An execution as the service keeps it. */
interface Kept {
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  endedAt: number | null;
}

/** What of Step Functions the planner asks, over HTTP, with one state machine that `run` executes. */
export interface StepFunctions {
  readonly url: string;
  /** Oldest first. */
  readonly executions: readonly Kept[];
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. Names are taken for ever; a start that repeats a running one is that one (API reference of StartExecution). */
export async function startStepFunctions(options: {
  readonly now: () => number;
  readonly createdAt: number;
  readonly run: (reportDate: string, name: string) => Promise<Execution>;
}): Promise<StepFunctions> {
  const executions: Kept[] = [];
  const running = new Set<Promise<void>>();
  const start = (name: string, input: string): Record<string, unknown> => {
    const known = executions.find((execution) => execution.name === name);
    if (known && (known.status !== 'RUNNING' || known.input !== input)) throw new Refused('ExecutionAlreadyExists');
    const execution: Kept = known ?? { name, input, startedAt: options.now(), status: 'RUNNING', endedAt: null };
    if (!known) {
      executions.push(execution);
      const { report_date: reportDate } = JSON.parse(input) as { report_date: string };
      const work = options.run(reportDate, name).then(({ status }) => {
        execution.status = status;
        execution.endedAt = options.now();
      });
      const done = work.finally(() => void running.delete(done));
      running.add(done);
    }
    return { executionArn: arnOf(name), startDate: execution.startedAt / 1000 };
  };
  const answer = (action: string, body: Record<string, string & number>): unknown => {
    switch (action) {
      case 'StartExecution':
        return start(body.name ?? '', body.input ?? '');
      case 'ListExecutions': {
        const from = Number(body.nextToken ?? 0);
        // Small pages, so that whoever reads one only is found out.
        const page = [...executions].reverse().slice(from, from + 3);
        return {
          executions: page.map(({ name, status, startedAt, endedAt }) => ({
            ...{ name, status, executionArn: arnOf(name), stateMachineArn: DAY_MACHINE, startDate: startedAt / 1000 },
            ...(endedAt === null ? {} : { stopDate: endedAt / 1000 }),
          })),
          ...(from + 3 < executions.length ? { nextToken: String(from + 3) } : {}),
        };
      }
      case 'DescribeStateMachine':
        return { stateMachineArn: DAY_MACHINE, name: 'aqt-day', creationDate: options.createdAt / 1000 };
      default:
        throw new Refused('UnknownOperationException');
    }
  };
  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      response.end(JSON.stringify(answer(action, JSON.parse(await bodyOf(request)))));
    } catch (error) {
      response.statusCode = 400;
      const type = error instanceof Refused ? error.message : 'InternalError';
      response.end(JSON.stringify({ __type: type, message: `${type} of ${action}` }));
    }
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    executions,
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    close: () => new Promise((closed) => void server.close(() => closed())),
  };
}

class Refused extends Error {}

function arnOf(name: string): string {
  return `${DAY_MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
