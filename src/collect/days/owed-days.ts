import { addDays } from '../../calendar/report-day.js';

/** A run of a day, as the state machine keeps it: running, or ended within the last 90 days. */
export interface DayRun {
  readonly reportDate: string;
  /** 1 for the first. 0 for a run whose name has none: that of a back-fill. */
  readonly attempt: number;
  readonly isRunning: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** What is known when days are planned. The runs must have been read before the closings: a run ends after its closing. */
export interface DaysKnown {
  readonly runs: readonly DayRun[];
  /** Report dates that were closed with every hour. */
  readonly closed: ReadonlySet<string>;
}

/** A day to start, or one that was asked for by name and needs no start. */
export interface PlannedDay {
  readonly reportDate: string;
  readonly attempt: number;
  readonly starts: boolean;
}

/** What is planned, and what is owed beside it. */
export interface DayPlan {
  /** Oldest first. */
  readonly days: readonly PlannedDay[];
  /** Report dates that are not closed, started now or not; oldest first. */
  readonly owed: readonly string[];
}

/** A day that did not end well is left alone for so long by whoever is called because another day ended. */
const REST_MS = 20 * 3_600_000;

/**
 * Plans which days to start. `asked` names days that start unless they run, or ran and were closed. `owed` are the days that should be closed, oldest
 * first: those that are not, and do not run, start until `mostAtOnce` days run. A day's attempt is one more than its last, so that a name is never
 * in the way; two planners that know the same give a day the same name, and Step Functions starts one of them.
 */
export function planDays(request: {
  readonly asked: readonly string[];
  readonly owed: readonly string[];
  readonly known: DaysKnown;
  readonly mostAtOnce: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Only days that nobody started lately: for whoever is called because a day ended, and not by the schedule. */
  readonly sparesLate?: boolean;
}): DayPlan {
  const { asked, known, mostAtOnce, now, sparesLate = false } = request;
  const runsOf = new Map<string, DayRun[]>();
  for (const run of known.runs) runsOf.set(run.reportDate, [...(runsOf.get(run.reportDate) ?? []), run]);
  const lastAttempt = (date: string) => Math.max(0, ...(runsOf.get(date) ?? []).map(({ attempt }) => attempt));
  const isRunning = (date: string) => (runsOf.get(date) ?? []).some((run) => run.isRunning);
  const wasTried = (date: string) => (runsOf.get(date) ?? []).some(({ startedAt }) => now - startedAt < REST_MS);
  const owed = request.owed.filter((date) => !known.closed.has(date));
  let free = mostAtOnce - new Set(known.runs.filter((run) => run.isRunning).map(({ reportDate }) => reportDate)).size;
  const days: PlannedDay[] = [];
  for (const reportDate of [...new Set([...asked, ...owed])].sort()) {
    const isAsked = asked.includes(reportDate);
    const isDone = known.closed.has(reportDate) && lastAttempt(reportDate) > 0;
    const mayStart = !isRunning(reportDate) && !isDone && !(sparesLate && wasTried(reportDate));
    const starts = mayStart && (isAsked || free > 0);
    if (starts) free--;
    // A day that was asked for and needs no start is told under the name of the run that it has.
    if (starts) days.push({ reportDate, attempt: lastAttempt(reportDate) + 1, starts });
    else if (isAsked) days.push({ reportDate, attempt: Math.max(1, lastAttempt(reportDate)), starts });
  }
  return { days, owed };
}

/**
 * The days that a tree owes: from the first that it, or its stack, knows of, at most `days` back, to `until`. `begins` are report dates at which it may have
 * begun; the earliest counts.
 */
export function owedDates({
  begins,
  until,
  days,
}: {
  readonly begins: readonly string[];
  /** The last day that has ended. */
  readonly until: string;
  readonly days: number;
}): string[] {
  const [first = until] = [...begins].sort();
  const all = Array.from({ length: days }, (_, back) => addDays(until, back + 1 - days));
  return all.filter((date) => date >= first);
}

/** Name of a run: the date, and the attempt from the second on. Step Functions keeps names for 90 days. */
export function executionName({ reportDate, attempt }: Pick<PlannedDay, 'reportDate' | 'attempt'>): string {
  return attempt <= 1 ? `day-${reportDate}` : `day-${reportDate}-${attempt}`;
}

/** Reads the day and the attempt out of a run's name; null for a name that somebody else made. A back-fill's ends in `_<date>`. */
export function parseExecutionName(name: string): Pick<PlannedDay, 'reportDate' | 'attempt'> | null {
  const own = /^day-(\d{4}-\d{2}-\d{2})(?:-([2-9]|[1-9]\d+))?$/.exec(name);
  if (own) return { reportDate: own[1] ?? '', attempt: Number(own[2] ?? 1) };
  const filled = /_(\d{4}-\d{2}-\d{2})$/.exec(name);
  return filled ? { reportDate: filled[1] ?? '', attempt: 0 } : null;
}
