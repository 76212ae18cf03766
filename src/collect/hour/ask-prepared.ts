import type { ExecutionSource, PreparedText } from '../../ports/execution-source.js';
import type { Enrichment } from '../../record/enrichment.js';
import type { Definition } from '../../sql/definition-book.js';
import { placedTexts } from '../../tree/evidence/evidence-definitions.js';
import type { HourEvidence } from '../../tree/evidence/hour-evidence.js';
import type { Collector } from '../collector.js';

/** What a run has asked each source, so that nobody is asked twice. */
const ASKED = new WeakMap<ExecutionSource, Map<string, Promise<PreparedText | null>>>();

/**
 * Asks Athena for prepared statements that ran and that no text of the tree defines. What it says holds from when the statement
 * was last changed: an earlier run may have run another text, and stays unknown.
 */
export async function askPrepared(
  { executions, signal }: Pick<Collector, 'executions' | 'signal'>,
  { evidence, enrichment }: { readonly evidence: HourEvidence; readonly enrichment: Enrichment },
): Promise<Definition[]> {
  const found: Definition[] = [];
  for (const { text, context, ...place } of placedTexts(evidence, isExecuting)) {
    const analysis = enrichment.read(text, context);
    const { accountId, region, workGroup } = place;
    const name = analysis.executes;
    if (name === null || enrichment.readsOf(analysis, context, place).basis !== UNKNOWN) continue;
    const source = executions(place);
    const said = source ? await ask(source, { workGroup, name }, signal) : null;
    if (said === null) continue;
    found.push({
      ...{ kind: 'prepared', origin: 'catalog', accountId, region, workGroup, name },
      ...{ text: said.text, catalog: null, database: null, at: said.modifiedAt },
    });
  }
  return found;
}

function isExecuting(text: string, state: string): boolean {
  return state === 'SUCCEEDED' && /\bexecute\b/i.test(text);
}

const UNKNOWN = 'unknown:prepared-text-not-known';

function ask(
  source: ExecutionSource,
  asked: { readonly workGroup: string; readonly name: string },
  signal: AbortSignal | undefined,
): Promise<PreparedText | null> {
  const known = ASKED.get(source) ?? new Map<string, Promise<PreparedText | null>>();
  ASKED.set(source, known);
  const key = JSON.stringify([asked.workGroup, asked.name]);
  const answer = known.get(key) ?? source.prepared?.(asked, signal) ?? Promise.resolve(null);
  known.set(key, answer);
  return answer;
}
