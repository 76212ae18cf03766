import { type Execution, isTerminal } from '../../athena/execution.js';
import { createExecutionIndex } from '../../athena/execution-index.js';
import type { Window } from '../../calendar/window.js';
import type { WitnessedExecution } from '../../ports/execution-source.js';
import { createSpill, type Spill } from './execution-spill.js';

const WITNESSED_AT_ONCE = 1000;
const HOUR_MS = 3_600_000;

/** The best observation of each execution, on disk; in memory lies where. */
export class KnownExecutions {
  private readonly index = createExecutionIndex();
  /** Where executions lie, by the UTC hour of their submission; better observations leave outdated places behind. */
  private readonly byHour = new Map<number, number[]>();
  private readonly tempFolder: string;
  private spill: Spill | null = null;

  constructor(tempFolder: string) {
    this.tempFolder = tempFolder;
  }

  get size(): number {
    return this.index.size;
  }

  /** Keeps an observation, unless a better one is known. Returns how it contradicts what was kept before: the text of a query never changes, nor when it was submitted. */
  keep(execution: Execution): string | null {
    this.spill ??= createSpill(this.tempFolder);
    const { queryExecutionId, submittedAt } = execution;
    const at = this.index.get(queryExecutionId);
    const known = at === undefined ? null : (JSON.parse(this.spill.read(at)) as Execution);
    const contradiction = known && contradictionOf(known, execution);
    if (known && !isBetter(execution, known)) return contradiction;
    const place = this.spill.append(JSON.stringify(execution));
    this.index.set(queryExecutionId, place);
    if (submittedAt === null) return contradiction;
    const places = this.byHour.get(hourOf(submittedAt));
    if (places) places.push(place);
    else this.byHour.set(hourOf(submittedAt), [place]);
    return contradiction;
  }

  get(id: string): Execution | null {
    const at = this.index.get(id);
    return at === undefined || !this.spill ? null : (JSON.parse(this.spill.read(at)) as Execution);
  }

  /** Yields what was submitted in a window. */
  *submittedIn(window: Window): Generator<readonly WitnessedExecution[]> {
    for (let hour = hourOf(window.start); hour * HOUR_MS < window.end; hour++)
      yield* this.submittedInHour(hour, window);
  }

  close(): void {
    this.spill?.close();
    this.spill = null;
    this.index.clear();
    this.byHour.clear();
  }

  private *submittedInHour(hour: number, window: Window): Generator<readonly WitnessedExecution[]> {
    let seen: WitnessedExecution[] = [];
    for (const place of this.byHour.get(hour) ?? []) {
      if (!this.spill) return;
      const { queryExecutionId, submittedAt } = JSON.parse(this.spill.read(place)) as Execution;
      if (submittedAt === null || submittedAt < window.start || submittedAt >= window.end) continue;
      if (this.index.get(queryExecutionId) !== place) continue;
      if (seen.push({ queryExecutionId, submittedAt, principalArn: null }) < WITNESSED_AT_ONCE) continue;
      yield seen;
      seen = [];
    }
    if (seen.length > 0) yield seen;
  }
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS);
}

/** Tools cut times to seconds. */
function contradictionOf(a: Execution, b: Execution): string | null {
  const { queryExecutionId: id } = a;
  if (a.query !== null && b.query !== null && a.query !== b.query) return `another entry of ${id} has another text`;
  const apart = a.submittedAt === null || b.submittedAt === null ? 0 : Math.abs(a.submittedAt - b.submittedAt);
  return apart < 1000 ? null : `another entry of ${id} was submitted at another time`;
}

/** Prefers the final state, then the later one, then the one that says more; equal in all that, the text decides. */
function isBetter(a: Execution, b: Execution): boolean {
  const ranks = [
    (each: Execution) => Number(isTerminal(each.state)),
    (each: Execution) => each.completedAt ?? -1,
    (each: Execution) => Number(each.query !== null),
    (each: Execution) => each.totalMs ?? -1,
    (each: Execution) => each.dataScannedBytes ?? -1,
  ];
  for (const rank of ranks) if (rank(a) !== rank(b)) return rank(a) > rank(b);
  return JSON.stringify(a) > JSON.stringify(b);
}
