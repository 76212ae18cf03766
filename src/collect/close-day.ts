import { createHourIndex } from '../calendar/hour-index.js';
import type { ReportDay, ReportHour } from '../calendar/report-day.js';
import { reportHourAt } from '../calendar/report-day.js';
import type { ObservedAnswer } from '../record/answer.js';
import type { Manifest } from '../record/manifest.js';
import { manifestKey } from '../record/report-path.js';
import { askWitness, type SystemTableFinding } from './ask-witness.js';
import { type BuildHourRequest, buildHour } from './build-hour.js';
import { noteDayIds, noteElsewhere, readKnownIds } from './day-ids.js';
import { fetchAnswers } from './fetch-answers.js';
import { addToShard, type ListedPlace, NO_EVIDENCE, readShards, selectShard } from './hour-evidence.js';
import { type ExecutionLister, type ExecutionWitness, type ReportStore, WriteConflict } from './ports.js';
import { sealDay } from './seals.js';

/** Athena's own list for one account and Region. */
export interface PlacedLister {
  readonly accountId: string;
  readonly region: string;
  readonly lister: ExecutionLister;
  /** The system table of this place, where it is to be asked. */
  readonly witness?: ExecutionWitness | null;
}

export interface CloseDayRequest extends Omit<BuildHourRequest, 'hour' | 'timezone'> {
  readonly day: ReportDay;
  readonly listers: readonly PlacedLister[];
  /** Hears of hours that gained rows and were written again. */
  readonly onRebuilt?: (manifest: Manifest) => void;
}

/** What the second witness said of a day, kept under `_work/closings/`. */
export interface Closing {
  readonly schema: 1;
  readonly reportDate: string;
  readonly closedAt: string;
  readonly workGroups: readonly {
    readonly accountId: string;
    readonly region: string;
    readonly workGroup: string;
    readonly listed: number;
    readonly failure: string | null;
  }[];
  /** Ids that Athena lists in the days collected and CloudTrail never showed. */
  readonly unattributed: readonly string[];
  /** What the system tables said; absent where none was asked. */
  readonly systemTables?: readonly SystemTableFinding[];
  /** Hours without a manifest: they failed. */
  readonly missingHours: readonly number[];
}

/**
 * Closes a day: compares what was collected with what Athena itself lists, gives executions that CloudTrail never showed a row of
 * their own, and seals the manifests. Order of the list is not trusted: all pages of all workgroups are read.
 */
export async function closeDay(request: CloseDayRequest): Promise<Closing> {
  const { day, store, listers, clock, signal } = request;
  // Without a list to compare with nobody asks for the ids, and a busy day has a million of them.
  if (listers.length > 0) await noteDayIds(store, day);
  const known = listers.length > 0 ? await readKnownIds(store, day.reportDate) : new Set<string>();
  const systemTables: SystemTableFinding[] = [];
  const workGroups: Closing['workGroups'][number][] = [];
  const strangers = new Map<string, ListedPlace>();
  for (const placed of listers) {
    const { accountId, region, lister } = placed;
    const listed = new Map<string, { count: number; failure: string | null }>();
    for await (const page of lister.list({ since: day.window.start, ...(signal ? { signal } : {}) })) {
      const sum = listed.get(page.workGroup) ?? { count: 0, failure: null };
      listed.set(page.workGroup, { count: sum.count + page.ids.length, failure: page.failure ?? sum.failure });
      for (const queryExecutionId of page.ids) {
        if (known.has(queryExecutionId)) continue;
        known.add(queryExecutionId);
        strangers.set(queryExecutionId, { queryExecutionId, accountId, region });
      }
    }
    for (const [workGroup, { count, failure }] of [...listed].sort(([a], [b]) => (a < b ? -1 : 1))) {
      workGroups.push({ accountId, region, workGroup, listed: count, failure });
    }
    const onSeen = (seen: ListedPlace) => {
      if (!known.has(seen.queryExecutionId) || strangers.has(seen.queryExecutionId))
        strangers.set(seen.queryExecutionId, seen);
      known.add(seen.queryExecutionId);
    };
    const finding = await askWitness({ placed, day, store, onSeen, signal });
    if (finding) systemTables.push(finding);
  }
  const unattributed = await placeStrangers(request, [...strangers.values()]);
  if (unattributed.length > 0) await noteDayIds(store, day);
  const missingHours: number[] = [];
  for (const hour of day.hours) if ((await store.tagOf(manifestKey(hour))) === null) missingHours.push(hour.hour);
  const closing: Closing = {
    schema: 1,
    reportDate: day.reportDate,
    closedAt: new Date(clock.now()).toISOString(),
    workGroups,
    unattributed,
    ...(systemTables.length > 0 ? { systemTables } : {}),
    missingHours,
  };
  await store.write(closingKey(day.reportDate), Buffer.from(`${JSON.stringify(closing, null, 2)}\n`), 'any');
  await sealDay({ store, day, now: clock.now() });
  return closing;
}

/** Key of a day's closing. */
export function closingKey(reportDate: string): string {
  return `_work/closings/${reportDate}.json`;
}

/**
 * Finds the hours of executions that no start names. Those of this day become rows; those of days that are not collected are
 * noted, so that nobody asks for them again; those of other collected days wait for their own closing.
 */
async function placeStrangers(request: CloseDayRequest, strangers: readonly ListedPlace[]): Promise<string[]> {
  const { day, store, executions, clock, signal } = request;
  const wanted = strangers.map((stranger) => ({ ...stranger, startedAt: day.window.start }));
  const answers = await fetchAnswers({ wanted, known: new Map(), executions, clock, ...(signal ? { signal } : {}) });
  const index = createHourIndex([day]);
  const byHour = new Map<ReportHour, { listed: Map<string, ListedPlace>; answers: Map<string, ObservedAnswer> }>();
  const elsewhere: string[] = [];
  const collected = new Map<string, boolean>();
  for (const stranger of strangers) {
    const observed = answers.get(stranger.queryExecutionId);
    const submittedAt = observed?.answer.outcome === 'found' ? observed.answer.execution.submittedAt : null;
    if (!observed || submittedAt === null) continue;
    const hour = index.find(submittedAt);
    if (!hour) {
      if (submittedAt >= day.window.start) continue;
      const key = manifestKey(reportHourAt(submittedAt, day.timezone));
      // Weeks of strangers lie in some hundred hours: at the first closing of a tree each hour is asked for once.
      const isCollected = collected.get(key) ?? (await store.tagOf(key)) !== null;
      collected.set(key, isCollected);
      if (!isCollected) elsewhere.push(stranger.queryExecutionId);
      continue;
    }
    const found = byHour.get(hour) ?? { listed: new Map(), answers: new Map() };
    found.listed.set(stranger.queryExecutionId, stranger);
    found.answers.set(stranger.queryExecutionId, observed);
    byHour.set(hour, found);
  }
  await noteElsewhere(store, elsewhere);
  for (const [hour, found] of byHour) {
    await addEvidence(store, hour, found);
    // On a line of its own: an absent listener's argument would not even be evaluated.
    const rebuilt = await buildHour({ ...request, hour, timezone: day.timezone });
    request.onRebuilt?.(rebuilt);
  }
  return [...byHour.values()].flatMap(({ listed }) => [...listed.keys()]).sort();
}

async function addEvidence(
  store: ReportStore,
  hour: ReportHour,
  found: { listed: Map<string, ListedPlace>; answers: Map<string, ObservedAnswer> },
): Promise<void> {
  for (const shard of await readShards(store, hour)) {
    const news = selectShard({ ...NO_EVIDENCE, ...found }, shard);
    for (let tries = 1; news.listed.size > 0; tries++) {
      try {
        await addToShard(store, hour, { shard, news });
        break;
      } catch (error) {
        if (!(error instanceof WriteConflict) || tries >= 5) throw error;
      }
    }
  }
}
