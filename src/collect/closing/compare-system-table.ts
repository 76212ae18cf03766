import type { ReportDay } from '../../calendar/report-day.js';
import type { ExecutionWitness } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { SystemTableFinding } from '../../record/closing.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { eachSlice } from '../../tree/evidence/hour-evidence.js';

/** Ids shown of a finding; the rest is counted. */
const MAX_IDS = 100;

/**
 * Compares a day with what Athena's system table says of one account and Region. `onSeen` hears of every execution that the
 * table has, some at a time, with the principal that it names. Memory: about 200 bytes a start of the day in that place.
 */
export async function compareSystemTable(request: {
  readonly placed: {
    readonly accountId: string;
    readonly region: string;
    readonly witness?: ExecutionWitness | null;
  };
  readonly day: ReportDay;
  readonly store: ReportStore;
  readonly onSeen: (seen: readonly ListedPlace[]) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}): Promise<SystemTableFinding | null> {
  const { placed, day, store, onSeen, signal } = request;
  const { accountId, region, witness } = placed;
  if (!witness) return null;
  const started = await readStarts(store, day, placed);
  let seen = 0;
  let known = 0;
  const disagreeing: string[] = [];
  let isHandingOn = false;
  try {
    for await (const rows of witness.witness(day.window, signal)) {
      for (const { queryExecutionId, principalArn } of rows) {
        seen++;
        const recorded = started.get(queryExecutionId);
        if (recorded === undefined) continue;
        known++;
        if (!isSamePrincipal(recorded, principalArn)) disagreeing.push(queryExecutionId);
      }
      isHandingOn = true;
      await onSeen(
        rows.map(({ queryExecutionId, principalArn }) => ({ queryExecutionId, accountId, region, principalArn })),
      );
      isHandingOn = false;
    }
  } catch (error) {
    signal?.throwIfAborted();
    // What hears of the rows has failed, not the table.
    if (isHandingOn) throw error;
    const failure = error instanceof Error ? error.message : String(error);
    return { accountId, region, seen, absent: 0, disagreements: 0, disagreeing: [], failure };
  }
  return {
    accountId,
    region,
    seen,
    absent: started.size - known,
    disagreements: disagreeing.length,
    disagreeing: disagreeing.sort().slice(0, MAX_IDS),
    failure: null,
  };
}

/** The principal of each execution that a start of the day names in this place. */
async function readStarts(
  store: ReportStore,
  day: ReportDay,
  place: { readonly accountId: string; readonly region: string },
): Promise<Map<string, string | null>> {
  const started = new Map<string, string | null>();
  for (const hour of day.hours) {
    for await (const { starts } of eachSlice(liveEvidence(store), hour)) {
      for (const { queryExecutionId, accountId, region, principal } of starts) {
        if (queryExecutionId === null || accountId !== place.accountId || region !== place.region) continue;
        if (!started.has(queryExecutionId)) started.set(queryExecutionId, principal.arn);
      }
    }
  }
  return started;
}

/** AWS does not say whether the table names the session or its role: the account and the user's or role's name must agree. */
function isSamePrincipal(a: string | null, b: string | null): boolean {
  if (a === null || b === null || a === b) return true;
  return nameOf(a) === nameOf(b);
}

function nameOf(arn: string): string {
  const [, , , , account = '', resource = ''] = arn.split(':');
  const [kind = '', ...parts] = resource.split('/');
  // A session's ARN lacks the role's path: `assumed-role/<role>/<session>` against `role/<path>/<role>`.
  return `${account} ${kind === 'assumed-role' ? parts[0] : (parts.at(-1) ?? kind)}`;
}
