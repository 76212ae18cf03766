import { EXECUTION_BATCH } from '../../athena/limits.js';
import { isWorthAsking, type ObservedAnswer } from '../../record/answer.js';
import type { Collector } from '../collector.js';

/** Where an execution ran and when it was started, epoch milliseconds. */
export interface Wanted {
  readonly queryExecutionId: string;
  readonly accountId: string;
  readonly region: string;
  readonly startedAt: number;
}

/** Batches asked for at once; the source's pacer keeps the quota. */
const IN_FLIGHT = 4;

/** Asks for the executions that are not known yet or not settled; returns the new answers by id. */
export async function fetchAnswers(
  { executions, clock, signal }: Pick<Collector, 'executions' | 'clock' | 'signal'>,
  wanted: readonly Wanted[],
  known: ReadonlyMap<string, ObservedAnswer> = new Map(),
): Promise<Map<string, ObservedAnswer>> {
  const answers = new Map<string, ObservedAnswer>();
  for (const { place, ids } of byPlace(
    wanted.filter((one) => isWorthAsking(known.get(one.queryExecutionId), one.startedAt)),
  )) {
    const source = executions(place);
    if (!source) continue;
    const batches = Array.from({ length: Math.ceil(ids.length / EXECUTION_BATCH) }, (_, batch) =>
      ids.slice(batch * EXECUTION_BATCH, (batch + 1) * EXECUTION_BATCH),
    );
    const work = async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        signal?.throwIfAborted();
        const observedAt = clock.now();
        for (const answer of await source.fetch(batch, signal))
          answers.set(answer.queryExecutionId, { answer, observedAt });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  }
  return answers;
}

function byPlace(wanted: readonly Wanted[]): { place: { accountId: string; region: string }; ids: string[] }[] {
  const places = new Map<string, { place: { accountId: string; region: string }; ids: Set<string> }>();
  for (const { accountId, region, queryExecutionId } of wanted) {
    const key = `${accountId}/${region}`;
    const known = places.get(key) ?? { place: { accountId, region }, ids: new Set<string>() };
    known.ids.add(queryExecutionId);
    places.set(key, known);
  }
  return [...places.values()].map(({ place, ids }) => ({ place, ids: [...ids] }));
}
