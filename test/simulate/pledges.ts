import type { ReportDay } from '../../src/calendar/report-day.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { ReportRow } from '../../src/record/columns.js';
import type { ReportFormat } from '../../src/record/manifest.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';
import { readManifests } from '../../src/tree/read-manifests.js';
import { readRows } from './judge.js';
import type { Ended, Rival } from './rivals.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a run that ended well has promised: every start that could be read when it began is in the reports when it ends. */
interface Pledge {
  /** Who gave it. */
  readonly by: string;
  /** Starts of these windows, epoch milliseconds. */
  readonly windows: readonly Span[];
  /** What could be read at this instant. */
  readonly at: number;
  /** `<account> <Region>` of what the run itself said it had not read. */
  readonly missing: ReadonlySet<string>;
}

interface Tree {
  readonly store: ReportStore;
  readonly format: ReportFormat;
  readonly days: readonly ReportDay[];
  readonly truth: () => readonly TruthRow[];
  /** When a start event can be read, epoch milliseconds. */
  readonly visibleAt: (start: TruthRow['starts'][number]) => number;
}

export interface Pledges {
  /** Notes what is there before some processes begin. */
  begin(now: number): Promise<{
    /** Starts that were promised, then or ever before, and that are in no report. Nothing has had a chance to heal yet. */
    broken(ended: readonly Ended[]): Promise<string[]>;
    /** Instants for which all days were promised by those that ended well. */
    readonly wholeAt: readonly number[];
  }>;
}

/** Keeps the books of what was promised in one tree. */
export function createPledges(tree: Tree): Pledges {
  const given: Pledge[] = [];
  /** When the oldest process began whose scan a later one of that name may go on with. */
  const since = new Map<string, number>();
  return {
    async begin(now) {
      const collected = await collectedWindows(tree.store, now);
      const windowsOf = ({ work, part }: Rival): readonly Span[] => {
        if (work === 'settle-deep') return collected;
        // Which days are young enough for it depends on the moment.
        return work === 'settle' ? [] : (part?.days ?? tree.days).map(({ window }) => window);
      };
      const wholeAt: number[] = [];
      const at = ({ rival }: Ended) => since.get(rival.scan) ?? now;
      return {
        broken(ended) {
          for (const { rival, startedAt } of ended)
            since.set(rival.scan, Math.min(since.get(rival.scan) ?? Infinity, startedAt));
          for (const one of ended) {
            const { rival, outcome } = one;
            if (outcome)
              given.push({ by: rival.work, at: at(one), windows: windowsOf(rival), missing: outcome.missing });
            if (outcome && rival.work === 'collect' && !rival.part) wholeAt.push(at(one));
          }
          // Who died, or lacked an account, may have left a checkpoint, which one of that name goes on from.
          for (const { rival } of ended)
            if (ended.every((one) => one.rival.scan !== rival.scan || one.outcome?.missing.size === 0))
              since.delete(rival.scan);
          return brokenPledges(tree, given);
        },
        wholeAt,
      };
    },
  };
}

/** Hours that have a report. */
async function collectedWindows(store: ReportStore, now: number): Promise<Span[]> {
  const windows: Span[] = [];
  for await (const { manifest } of readManifests(store, { from: null, now })) {
    if (typeof manifest === 'string') continue;
    windows.push({ start: Date.parse(manifest.window.start), end: Date.parse(manifest.window.end) });
  }
  return windows;
}

const HOUR_MS = 3_600_000;

async function brokenPledges({ store, format, truth, visibleAt }: Tree, pledges: readonly Pledge[]): Promise<string[]> {
  const rows = new Map<string, ReportRow>();
  for (const row of await readRows(store, format)) {
    const name = row.query_execution_id ?? `refused ${row.event_id}`;
    const other = rows.get(name);
    // A repeat may have a row of its own until its hour is written again: what counts here is the earliest.
    if (!other || (row.event_time ?? Infinity) < (other.event_time ?? Infinity)) rows.set(name, row);
  }
  return truth().flatMap((expected) => {
    const promised = expected.starts.filter((start) =>
      pledges.some((pledge) => isPromised(pledge, expected, { time: start.time, visibleAt: visibleAt(start) })),
    );
    const [first] = promised;
    if (!first) return [];
    const name = expected.queryExecutionId ?? `refused ${expected.eventIds[0]}`;
    const row = rows.get(name);
    const by = [...new Set(pledges.map((pledge) => pledge.by))].join(', ');
    const of = `${name} of ${new Date(first.time).toISOString()}`;
    if (!row) return [`${of} is in no report after ${by} ended well`];
    if (row.event_time === null || row.event_time > first.time)
      return [`${of}: the start is not in the report after ${by} ended well`];
    const together = promised.filter(({ time }) => Math.floor(time / HOUR_MS) === Math.floor(first.time / HOUR_MS));
    return row.event_count < together.length
      ? [`${of}: the report counts ${row.event_count} starts of ${together.length} after ${by} ended well`]
      : [];
  });
}

function isPromised(
  { windows, at, missing }: Pledge,
  { accountId, region }: TruthRow,
  { time, visibleAt }: { readonly time: number; readonly visibleAt: number },
): boolean {
  const isWithin = windows.some(({ start, end }) => start <= time && time < end);
  return isWithin && visibleAt <= at && !missing.has(`${accountId} ${region}`);
}
