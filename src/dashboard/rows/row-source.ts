import type { HeldDays } from '../../analytics/held/held-days.js';
import { planLoad, type Span } from '../../analytics/held/plan-load.js';
import type { Window } from '../../calendar/window.js';
import type { Clock } from '../../ports/clock.js';
import type { LiveCache, Snapshot } from '../server/live-cache.js';
import type { SyncStatus } from '../server/watch-reports.js';
import type { Collected, LoadedSpans } from './loaded-spans.js';
import { daysOf, holdsRows, notHere, RowsNotHere } from './need-rows.js';

/** How far a load has come. */
export interface Loading extends Span {
  readonly doneDays: number;
  readonly days: number;
}

/** The rows that were asked for are on their way: ask again. */
export class RowsLoading extends Error {
  override readonly name = 'RowsLoading';
  readonly loading: Loading;
  constructor(loading: Loading) {
    const { from, to, doneDays, days } = loading;
    super(`Loading ${doneDays} of ${days} days, ${from} to ${to}.`);
    this.loading = loading;
  }
}

/** The rows of an earlier answer were let go since, and are not loaded for a page that only asks whether they have changed. */
export class RowsLetGo extends Error {
  override readonly name = 'RowsLetGo';
}

/** The rows of a question, kept open until they are released. */
export interface HeldRows {
  readonly snapshot: Snapshot;
  readonly release: () => void;
}

/** Finds the rows of a question, and loads them where they are collected and not here. */
export interface RowSource {
  /**
   * The rows of a window; null asks for the newest, whatever they are.
   * @throws RowsNotHere when they do not fit
   * @throws RowsLoading when they are not here after `patienceMs`
   * @throws RowsLetGo when `isAgain` and they are no longer here
   */
  of(window: Window | null, ask: { readonly isAgain: boolean; readonly patienceMs: number }): Promise<HeldRows>;
  /** Days that are loaded beside the newest, and those that are on their way. */
  status(): { readonly loaded: readonly Span[]; readonly loading: Loading | null };
  /** Brings loaded days up to the reports, and lets those go that nobody looked at for long. */
  refresh(): Promise<void>;
  /** Nothing is being loaded any more, after the signal fired. */
  ended(): Promise<void>;
}

/** So long somebody must have asked for a load that waits for its turn. */
const ABANDONED_MS = 90_000;
/** So long what was loaded stays at least, so that all who asked for it find it. */
const STAY_MS = 3_000;

/** So long what nobody looks at stays. */
const IDLE_MS = 1_800_000;
/** So long a load that failed is not tried again by those who ask. */
const FAILED_MS = 10_000;

interface Job {
  readonly span: Span;
  readonly window: Window;
  loading: Loading;
  /** When it was asked for last, epoch milliseconds. */
  askedAt: number;
}

type Progress = Pick<SyncStatus, 'done' | 'total'>;

interface Parts {
  readonly live: LiveCache;
  readonly spans: LoadedSpans;
  readonly bound: HeldDays;
  readonly limitBytes: number;
  /** Looks at the reports at once, at all of them or at the newest days; then those are held that the bound chooses. */
  readonly lookAgain: (all: boolean) => Promise<void>;
  readonly progress: () => Progress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Without a bound: all rows are here, or are being read for the first time. `progress` tells how many hours are. */
export function newestRows(live: LiveCache, progress: () => Progress): RowSource {
  return {
    async of(window) {
      const snapshot = live.current();
      if (snapshot === null) throw new RowsNotHere('The reports are being read for the first time.');
      if (window !== null && !holdsRows(snapshot, window))
        throw new RowsLoading(readingOf(window, snapshot, progress()));
      return heldRows(snapshot);
    },
    status: () => ({ loaded: [], loading: null }),
    refresh: async () => undefined,
    ended: async () => undefined,
  };
}

/** One load at a time; the bound holds for all that is here together. */
export function rowSource({ live, spans, bound, limitBytes, lookAgain, progress, clock, signal }: Parts): RowSource {
  const jobs = new Map<string, { readonly job: Job; readonly done: Promise<void> }>();
  const failed = new Map<string, { readonly error: unknown; readonly at: number }>();
  let running: Job | null = null;
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const done = turn.then(task);
    turn = done.catch(() => undefined);
    return done;
  };
  const taken = () => spans.list().reduce((sum, { bytes }) => sum + bytes, 0);
  const collected = (): Collected => ({ trees: live.current()?.coverage.trees ?? [], days: bound.days() });
  const planFor = (span: Span) => planLoad({ days: bound.days(), limitBytes, loaded: spans.list(), span });

  const here = ({ span, window }: Pick<Job, 'span' | 'window'>): Snapshot | null => {
    const newest = live.current();
    if (newest === null || holdsRows(newest, window)) return newest;
    return spans.find(span, clock.now());
  };

  const run = async (job: Job): Promise<void> => {
    signal.throwIfAborted();
    const plan = planFor(job.span);
    if (plan.kind === 'refused' || clock.now() - job.askedAt > ABANDONED_MS || here(job)) return;
    running = job;
    for (const span of plan.letGo) await spans.letGo(span);
    const isFewer = bound.reserve(taken() + (plan.kind === 'load' ? plan.bytes : 0));
    try {
      if (isFewer || plan.kind === 'newest') await lookAgain(plan.kind === 'newest');
      const onHours = (hours: number) => {
        const { days } = job.loading;
        job.loading = { ...job.loading, doneDays: Math.min(Math.floor(hours / 24), days) };
      };
      if (plan.kind === 'load') await spans.load(job.span, collected(), onHours, signal);
    } finally {
      // What it takes is known now.
      bound.reserve(taken());
      running = null;
    }
    const newest = live.current();
    if (newest && here(job) === null) throw new RowsNotHere(notHere(newest));
    if (jobs.size > 1) await clock.sleep(STAY_MS, signal);
  };

  const begin = (job: Job): { readonly job: Job; readonly done: Promise<void> } => {
    const key = keyOf(job.span);
    const done = inTurn(() => run(job))
      .catch((error: unknown) => {
        const at = clock.now();
        for (const [other, one] of failed) if (at - one.at >= FAILED_MS) failed.delete(other);
        failed.set(key, { error, at });
        throw error;
      })
      .finally(() => jobs.delete(key));
    // Who asks next is told.
    done.catch(() => undefined);
    jobs.set(key, { job, done });
    return { job, done };
  };

  return {
    async of(window, { isAgain, patienceMs }) {
      const until = clock.now() + patienceMs;
      for (;;) {
        const newest = live.current();
        if (newest === null) throw new RowsNotHere('The reports are being read for the first time.');
        if (window === null || holdsRows(newest, window)) return heldRows(newest);
        const span = daysOf(window, newest.coverage.timezone);
        const loaded = here({ span, window });
        if (loaded !== null) return heldRows(loaded);
        if (isAgain && !newest.left?.isReading)
          throw new RowsLetGo('The rows of this view were let go, for other days that were asked for.');
        const failure = failed.get(keyOf(span));
        if (failure && clock.now() - failure.at < FAILED_MS) throw failure.error;
        const plan = planFor(span);
        if (plan.kind === 'refused') throw new RowsNotHere(notHere(newest, { why: tooLarge(plan, limitBytes) }));
        if (plan.kind === 'newest' && newest.left?.isReading)
          throw new RowsLoading(readingOf(window, newest, progress()));
        const loading = { ...span, doneDays: 0, days: plan.kind === 'load' ? plan.days : 0 };
        const { job, done } = jobs.get(keyOf(span)) ?? begin({ span, window, loading, askedAt: clock.now() });
        job.askedAt = clock.now();
        if (!(await isOver(done, until - clock.now(), clock))) throw new RowsLoading(job.loading);
      }
    },
    status: () => ({ loaded: spans.list().map(({ from, to }) => ({ from, to })), loading: running?.loading ?? null }),
    refresh: () =>
      inTurn(async () => {
        for (const span of spans.list()) if (clock.now() - (span.lookedAt ?? 0) > IDLE_MS) await spans.letGo(span);
        await spans.refresh(collected(), signal);
        bound.reserve(taken());
      }),
    ended: () => turn,
  };
}

/** Rows that come with the first reading of the reports, which goes from the newest day on. */
function readingOf(window: Window, { coverage }: Snapshot, { done, total }: Progress): Loading {
  const { from, to } = daysOf(window, coverage.timezone);
  return { from, to, doneDays: Math.floor(done / 24), days: Math.ceil(total / 24) };
}

function heldRows(snapshot: Snapshot): HeldRows {
  return { snapshot, release: snapshot.cache.hold() };
}

function keyOf({ from, to }: Span): string {
  return `${from} ${to}`;
}

/** Why days cannot be loaded, as the end of a sentence. */
function tooLarge({ days, bytes }: { readonly days: number; readonly bytes: number }, limitBytes: number): string {
  const size = (of: number) => (of < 1e9 ? `${Math.ceil(of / 1e6)} MB` : `${(of / 1e9).toFixed(1)} GB`);
  return `because the ${days} days asked for, with one before and behind, take about ${size(bytes)} and the cache may take ${size(limitBytes)} with the newest two (--cache-limit)`;
}

/** Waits for something to end, no longer than so. @throws what it throws */
async function isOver(done: Promise<void>, ms: number, clock: Clock): Promise<boolean> {
  const stop = new AbortController();
  const late = clock.sleep(Math.max(ms, 0), stop.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    stop.abort();
  }
}
