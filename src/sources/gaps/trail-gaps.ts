import type { Window } from '../../calendar/window.js';
import type { LogKey } from '../../cloudtrail/log-file-name.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import type { TrailChange } from '../../cloudtrail/trail-change.js';
import { deliveredAt } from './day-evidence.js';

/** What was logged before a change is delivered within so long, and its selectors take effect (5 and 15 minutes on average, aws-facts 4.1). */
const SETTLED_MS = 30 * 60_000;
const MINUTE_MS = 60_000;
/** Accounts whose programs make and remove trails all day. */
const MOST_CHANGES = 10_000;

/** What a part of a scan knows of it; JSON. */
export interface TrailSigns {
  readonly changes: readonly TrailChange[];
  /** `<account> <Region>` with the minutes since 1970 in which log files of it were delivered. */
  readonly delivered: readonly (readonly [string, readonly number[]])[];
}

/**
 * Finds spans in which a trail was told to log nothing of Athena's starts: what then happened stands in no log file, and hours without a
 * start are no proof that there was none. Which of an account's trails is read, files do not tell; where log files of the place went on,
 * or starts were met, it was another one.
 */
export class TrailGaps {
  private readonly changes = new Map<string, TrailChange>();
  private readonly delivered = new Map<string, Set<number>>();
  private readonly starts = new Map<string, Set<number>>();

  see(change: TrailChange): void {
    if (this.changes.size <= MOST_CHANGES) this.changes.set(JSON.stringify(change), change);
  }

  /** Takes note of a listed file, by its name alone. */
  file({ key, place }: { readonly key: string; readonly place: LogKey }): void {
    const at = place.kind === 'log' ? deliveredAt(key) : null;
    if (at !== null && place.kind === 'log') note(this.delivered, `${place.accountId} ${place.region}`, at);
  }

  /** Takes note of a start that the log files of an account hold. */
  start(accountId: string | null, at: number): void {
    note(this.starts, `${accountId}`, at);
  }

  static of(signs: readonly TrailSigns[]): TrailGaps {
    const gaps = new TrailGaps();
    for (const each of signs) gaps.add(each);
    return gaps;
  }

  /** Files need only be known of a part: whoever reads all of a trail lists all of them. */
  known(withFiles: boolean): TrailSigns {
    if (!withFiles) return { changes: [...this.changes.values()], delivered: [] };
    const delivered = [...this.delivered].map(
      ([place, minutes]) => [place, [...minutes].sort((a, b) => a - b)] as const,
    );
    return { changes: [...this.changes.values()], delivered };
  }

  private add({ changes, delivered }: TrailSigns): void {
    for (const change of changes) this.see(change);
    for (const [place, minutes] of delivered)
      for (const minute of minutes) note(this.delivered, place, minute * MINUTE_MS);
  }

  /** One note for each span that reaches into the window, in order of time. */
  notes(window: Window): NotRead[] {
    const changes = [...this.changes.values()].sort(
      (a, b) => a.eventTime - b.eventTime || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
    );
    const spans = changes.flatMap((change, at) => {
      if (change.effect === 'resumes') return [];
      const end =
        changes.slice(at + 1).find((later) => isSameTrail(later, change) && later.effect === 'resumes') ?? null;
      const to = end?.eventTime ?? Math.max(window.end, change.eventTime + 1);
      const isInside = change.eventTime < window.end && to > window.start;
      return isInside && !this.hasGoneOn(change, to) ? [noteOf(change, { end, to })] : [];
    });
    return this.changes.size > MOST_CHANGES ? [...spans, tooMany(window)] : spans;
  }

  private hasGoneOn({ accountId, region, eventTime, effect }: TrailChange, to: number): boolean {
    const isWithin = (minute: number) => minute * MINUTE_MS >= eventTime + SETTLED_MS && minute * MINUTE_MS < to;
    const files = effect === 'stops' ? [...(this.delivered.get(`${accountId} ${region}`) ?? [])] : [];
    const starts = [...(this.starts.get(accountId) ?? []), ...(this.starts.get('null') ?? [])];
    return [...files, ...starts].some(isWithin);
  }
}

function note(kept: Map<string, Set<number>>, name: string, at: number): void {
  const minutes = kept.get(name) ?? new Set<number>();
  kept.set(name, minutes.add(Math.floor(at / MINUTE_MS)));
}

function isSameTrail(a: TrailChange, b: TrailChange): boolean {
  return a.accountId === b.accountId && a.trail === b.trail;
}

function noteOf(change: TrailChange, { end, to }: { readonly end: TrailChange | null; readonly to: number }): NotRead {
  const { eventName, trail, accountId, region, eventTime, by, effect } = change;
  const what = effect === 'narrows' ? 'it logs no starts of Athena' : 'it may log nothing';
  const until = end ? `until ${end.eventName} at ${instant(end.eventTime)}` : 'and nothing shows that it began again';
  return {
    kind: 'not-read',
    name: `trail ${trail} of ${accountId} ${region}`,
    reason: `${eventName} by ${by} at ${instant(eventTime)}: ${what} from then on, ${until}`,
    wayOut:
      'collect these days with --source lookup, too: CloudTrail itself remembers 90 days, whatever a trail does. Then, or where another trail is read, accept it',
    mayHold: { from: eventTime, to },
  };
}

function tooMany({ start, end }: Window): NotRead {
  return {
    ...{ kind: 'not-read', name: 'changes of trails', mayHold: { from: start, to: end } },
    reason: `there are more than ${MOST_CHANGES}: which of them took log files away is not known`,
    wayOut: 'collect fewer days at once, or accept it',
  };
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
