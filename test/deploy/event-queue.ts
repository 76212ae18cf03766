import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunction } from './lambda-process.js';

/** A rule, its queue and the function behind it, as the template declares them. */
export interface EventQueue {
  /** Offers an event to the rule; true when it matched and waits in the queue. */
  put(event: object): boolean;
  /** Puts a body into the queue behind the rule's back. */
  send(body: string): void;
  /** Hands batches to the function until the queue is empty; what it gives back comes again. */
  drain(): Promise<void>;
  /** Bodies that came back too often. */
  readonly dead: readonly string[];
  /** Messages in each batch. */
  readonly batches: readonly number[];
}

interface Message {
  readonly messageId: string;
  readonly body: string;
  received: number;
}

interface Properties {
  readonly EventPattern: Pattern;
  readonly State: { readonly 'Fn::If': readonly [string, string, string] };
  readonly RedrivePolicy: { readonly maxReceiveCount: number };
  readonly BatchSize: number;
}

/** A pattern's leaves are lists of what is allowed. */
type Pattern = { readonly [field: string]: Pattern | readonly string[] };

/** Opens it from the template in `folder`. Messages come in no order that anybody promised: `shuffle` says in which. */
export function createEventQueue(options: {
  readonly folder: string;
  readonly witness: LambdaFunction;
  readonly shuffle: (messages: readonly Message[]) => readonly Message[];
}): EventQueue {
  const { folder, witness, shuffle } = options;
  const { Resources } = JSON.parse(readFileSync(join(folder, 'deploy/template.json'), 'utf8')) as {
    Resources: Record<string, { Properties: Properties }>;
  };
  const propertiesOf = (id: string) => {
    const resource = Resources[id];
    if (!resource) throw new Error(`the template has no ${id}`);
    return resource.Properties;
  };
  const { EventPattern: pattern } = propertiesOf('QueryEnded');
  const { maxReceiveCount } = propertiesOf('StateChanges').RedrivePolicy;
  const { BatchSize: size } = propertiesOf('TakeStateChanges');
  let waiting: Message[] = [];
  let sent = 0;
  const [dead, batches]: [string[], number[]] = [[], []];
  const send = (body: string) => void waiting.push({ messageId: `m-${sent++}`, body, received: 0 });
  return {
    dead,
    batches,
    send,
    put(event) {
      const isWanted = matches(pattern, event);
      if (isWanted) send(JSON.stringify(event));
      return isWanted;
    },
    async drain() {
      while (waiting.length > 0) {
        const batch = shuffle(waiting).slice(0, size);
        waiting = waiting.filter((message) => !batch.includes(message));
        batches.push(batch.length);
        const failed = await givenBack(witness, batch);
        for (const message of batch) {
          if (!failed.has(message.messageId)) continue;
          message.received++;
          if (message.received >= maxReceiveCount) dead.push(message.body);
          else waiting.push(message);
        }
      }
    },
  };
}

/** Ids of the messages that the function gives back; a call that fails gives back all (Lambda guide, "services-sqs-errorhandling"). */
async function givenBack(witness: LambdaFunction, batch: readonly Message[]): Promise<ReadonlySet<string>> {
  const Records = batch.map(({ messageId, body }) => ({ messageId, body, eventSource: 'aws:sqs' }));
  try {
    const { batchItemFailures } = (await witness.invoke({ Records })) as {
      batchItemFailures: readonly { readonly itemIdentifier: string }[];
    };
    return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch {
    return new Set(batch.map(({ messageId }) => messageId));
  }
}

function matches(pattern: Pattern, event: object): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = (event as Readonly<Record<string, unknown>>)[field];
    if (Array.isArray(wanted)) return wanted.includes(value);
    return typeof value === 'object' && value !== null && matches(wanted as Pattern, value);
  });
}
