import type { Attempt, World } from '../history/world.js';
import { hash, uuidOf } from '../wire/random.js';

/** What the caller of StartQueryExecution gave, beside the text. */
export interface StartRequest {
  readonly catalog: string | null;
  readonly database: string | null;
  /** Null where Athena manages the results. */
  readonly outputLocation: string | null;
  readonly clientRequestToken: string;
}

/** Cheap: a page of events needs it 50 times, and none of the texts. */
export function startRequestOf(world: World, attempt: Attempt): StartRequest {
  const { live, number, workGroup } = attempt;
  const token = live?.clientRequestToken ?? uuidOf(world.spaces.token, number);
  if (live) {
    const { catalog, database, outputLocation } = live;
    return {
      catalog,
      database,
      outputLocation: outputLocation ?? defaultOutput(world, attempt),
      clientRequestToken: token,
    };
  }
  return {
    ...contextOf(attempt, hash(world.seed, 'context', number) / 4_294_967_296),
    outputLocation: workGroup.hasManagedResults ? null : defaultOutput(world, attempt),
    clientRequestToken: token,
  };
}

export function executionIdOf(world: World, attempt: Attempt): string {
  return uuidOf(world.spaces.execution, attempt.number);
}

/** Some callers give a database, some a catalog too, some neither. */
function contextOf(attempt: Attempt, chance: number): { catalog: string | null; database: string | null } {
  if (chance < 0.25) return { catalog: null, database: null };
  return { catalog: chance < 0.6 ? 'AwsDataCatalog' : null, database: attempt.workGroup.database };
}

function defaultOutput(world: World, attempt: Attempt): string {
  const { channel, workGroup } = attempt;
  const folder = `s3://aws-athena-query-results-${channel.accountId}-${channel.region}/${workGroup.name}`;
  return `${folder}/${executionIdOf(world, attempt)}.csv`;
}
