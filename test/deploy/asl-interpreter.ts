import jsonata from 'jsonata';

/** A state machine in Amazon States Language with JSONata, as parsed JSON. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly [field: string]: unknown;
}

/** A task failed: `name` is what Retry and Catch compare with. */
export class TaskFailed extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output: unknown;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface Machinery {
  /** Runs a task: `resource` is the integration, `args` its evaluated Arguments. */
  readonly task: (resource: string, args: Record<string, unknown>) => Promise<unknown>;
  /** Waits of Wait states and between retries, in seconds. */
  readonly wait: (seconds: number, why: 'wait' | 'retry') => Promise<void>;
  readonly random: () => number;
  readonly executionName?: string;
  /** Called with the name of each state that is entered. */
  readonly onState?: (name: string) => void;
  /** Reads an object as an ItemReader does; a machine without one needs none. */
  readonly object?: (place: { readonly bucket: string; readonly key: string }) => Promise<string>;
  /** Called when an item of a Map begins and ends. */
  readonly onConcurrency?: (running: number) => void;
}

/** Executes a definition as Step Functions would, as far as this project's machines go. */
export async function execute(definition: Definition, input: unknown, machinery: Machinery): Promise<Execution> {
  try {
    const output = await runStates(definition, input, new Map(), machinery, {});
    return { status: 'SUCCEEDED', output, error: null, cause: null };
  } catch (error) {
    if (!(error instanceof TaskFailed)) throw error;
    return { status: 'FAILED', output: null, error: error.name, cause: error.message };
  }
}

type Variables = ReadonlyMap<string, unknown>;

async function runStates(
  definition: Definition,
  input: unknown,
  outer: Variables,
  machinery: Machinery,
  context: Record<string, unknown>,
): Promise<unknown> {
  let variables = new Map(outer);
  let name = definition.StartAt;
  let data = input;
  for (let steps = 0; steps < 10_000; steps++) {
    const state = definition.States[name];
    if (!state) throw new Error(`no state ${name}`);
    machinery.onState?.(name);
    const step = await runState({ state, data, variables, machinery, context });
    variables = new Map([...variables, ...step.assigned]);
    data = step.output;
    if (step.next === null) return data;
    name = step.next;
  }
  throw new Error('the machine does not end');
}

interface Step {
  readonly output: unknown;
  readonly next: string | null;
  readonly assigned: Iterable<[string, unknown]>;
}

interface Running {
  readonly state: State;
  readonly data: unknown;
  readonly variables: Variables;
  readonly machinery: Machinery;
  readonly context: Record<string, unknown>;
}

async function runState(running: Running): Promise<Step> {
  const { state, data, machinery } = running;
  const value = (template: unknown, extra: Record<string, unknown> = {}) => evaluate(template, running, extra);
  const leave = async (result: unknown, hasResult: boolean): Promise<Step> => {
    const extra = hasResult ? { result } : {};
    const output = 'Output' in state ? await value(state.Output, extra) : hasResult ? result : data;
    const assigned = Object.entries(((await value(state.Assign ?? {}, extra)) ?? {}) as Record<string, unknown>);
    return { output, next: state.End || state.Type === 'Succeed' ? null : (state.Next ?? null), assigned };
  };
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return leave(undefined, false);
    case 'Wait':
      await machinery.wait((await value(state.Seconds)) as number, 'wait');
      return leave(undefined, false);
    case 'Choice': {
      const choices = state.Choices as { Condition: string; Next: string }[];
      for (const { Condition, Next } of choices) {
        if ((await value(Condition)) === true) return { output: data, next: Next, assigned: [] };
      }
      return { output: data, next: state.Default as string, assigned: [] };
    }
    case 'Fail':
      throw new TaskFailed(String(await value(state.Error)), String(await value(state.Cause)));
    case 'Task':
    case 'Map':
      try {
        const work = state.Type === 'Task' ? () => runTask(running) : () => runMap(running);
        return await leave(await withRetry(work, running), true);
      } catch (error) {
        if (!(error instanceof TaskFailed)) throw error;
        return caught(error, running);
      }
    default:
      throw new Error(`state type ${state.Type} is not known here`);
  }
}

async function runTask({ state, ...rest }: Running): Promise<unknown> {
  const args = (await evaluate(state.Arguments, { state, ...rest }, {})) as Record<string, unknown>;
  return rest.machinery.task(String(state.Resource), args);
}

async function runMap(running: Running): Promise<unknown[]> {
  const { state, variables, machinery, context } = running;
  const processor = state.ItemProcessor as Definition & { readonly ProcessorConfig?: { readonly Mode?: string } };
  const isDistributed = processor.ProcessorConfig?.Mode === 'DISTRIBUTED';
  const items = state.ItemReader
    ? await readItems(state.ItemReader as ItemReader, running)
    : ((await evaluate(state.Items, running, {})) as unknown[]);
  const results: unknown[] = new Array(items.length);
  const limit = Number(state.MaxConcurrency) || items.length;
  const queue = items.map((item, index) => ({ item, index }));
  let busy = 0;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      machinery.onConcurrency?.(++busy);
      const itemContext = { ...context, Map: { Item: { Value: next.item, Index: next.index } } };
      const input = await evaluate(state.ItemSelector ?? next.item, { ...running, context: itemContext }, {});
      try {
        // Children of a distributed Map are executions of their own: they see neither variables nor items of the outer one.
        results[next.index] = isDistributed
          ? await runStates(processor, input, new Map(), machinery, {})
          : await runStates(processor, input, variables, machinery, itemContext);
      } catch (error) {
        // The others are stopped: those that have not begun do not begin.
        queue.length = 0;
        if (!isDistributed || !(error instanceof TaskFailed)) throw error;
        const cause = 'The specified tolerated failure threshold was exceeded';
        throw new TaskFailed('States.ExceedToleratedFailureThreshold', cause);
      } finally {
        machinery.onConcurrency?.(--busy);
      }
    }
  };
  const done = await Promise.allSettled(Array.from({ length: Math.min(limit, Math.max(1, items.length)) }, work));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  if (JSON.stringify(results).length > MOST_BYTES)
    throw new TaskFailed('States.DataLimitExceeded', `the results have more than ${MOST_BYTES} bytes`);
  return results;
}

/** What a state may give on, in bytes. */
const MOST_BYTES = 256 * 1024;

interface ItemReader {
  readonly Resource: string;
  readonly ReaderConfig: { readonly InputType: string };
  readonly Arguments: unknown;
}

/** The items of a distributed Map that lie in an object: a JSON array. */
async function readItems({ Resource, ReaderConfig, Arguments }: ItemReader, running: Running): Promise<unknown[]> {
  const { Bucket: bucket, Key: key } = (await evaluate(Arguments, running, {})) as Record<string, string>;
  const failed = (why: string) => new TaskFailed('States.ItemReaderFailed', why);
  if (!Resource.endsWith(':states:::s3:getObject') || ReaderConfig.InputType !== 'JSON' || !running.machinery.object)
    throw failed(`${Resource} ${ReaderConfig.InputType} is not known here`);
  let items: unknown;
  try {
    items = JSON.parse(await running.machinery.object({ bucket: String(bucket), key: String(key) }));
  } catch (error) {
    throw failed(`${bucket}/${key}: ${String(error)}`);
  }
  if (!Array.isArray(items)) throw failed(`${bucket}/${key} is no array`);
  return items;
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

async function withRetry(work: () => Promise<unknown>, { state, machinery }: Running): Promise<unknown> {
  const retriers = (state.Retry ?? []) as Retrier[];
  const used = new Map<Retrier, number>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      const retrier = retriers.find(
        ({ ErrorEquals }) => ErrorEquals.includes(error.name) || ErrorEquals.includes('States.ALL'),
      );
      const { IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3, MaxDelaySeconds = Infinity } = retrier ?? {};
      const attempts = retrier ? (used.get(retrier) ?? 0) : 0;
      if (!retrier || attempts >= MaxAttempts) throw error;
      used.set(retrier, attempts + 1);
      const delay = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempts);
      await machinery.wait(retrier.JitterStrategy === 'FULL' ? delay * machinery.random() : delay, 'retry');
    }
  }
}

async function caught(error: TaskFailed, running: Running): Promise<Step> {
  const catchers = (running.state.Catch ?? []) as { ErrorEquals: string[]; Next: string; Output?: unknown }[];
  const catcher = catchers.find(
    ({ ErrorEquals }) => ErrorEquals.includes(error.name) || ErrorEquals.includes('States.ALL'),
  );
  if (!catcher) throw error;
  const errorOutput = { Error: error.name, Cause: error.message };
  const output = 'Output' in catcher ? await evaluate(catcher.Output, running, { errorOutput }) : errorOutput;
  return { output, next: catcher.Next, assigned: [] };
}

/** Evaluates a template: texts between `{%` and `%}` are JSONata, everything else is itself. */
async function evaluate(template: unknown, running: Running, extra: Record<string, unknown>): Promise<unknown> {
  if (Array.isArray(template)) return Promise.all(template.map((part) => evaluate(part, running, extra)));
  if (typeof template === 'object' && template !== null) {
    const entries = Object.entries(template).map(async ([key, part]) => [key, await evaluate(part, running, extra)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  const expression = typeof template === 'string' ? /^\{%(.*)%\}$/s.exec(template)?.[1] : undefined;
  if (expression === undefined) return template;
  const { data, variables, machinery, context } = running;
  const states = {
    input: data,
    context: { Execution: { Name: machinery.executionName ?? 'execution' }, ...context },
    ...extra,
  };
  const result: unknown = await compiled(expression).evaluate({}, { states, ...Object.fromEntries(variables) });
  // Step Functions fails a state whose expression gives nothing.
  if (result === undefined)
    throw new TaskFailed('States.QueryEvaluationError', `nothing comes of ${expression.trim()}`);
  return JSON.parse(JSON.stringify(result));
}

const expressions = new Map<string, jsonata.Expression>();

function compiled(expression: string): jsonata.Expression {
  const known = expressions.get(expression) ?? jsonata(expression);
  expressions.set(expression, known);
  return known;
}
