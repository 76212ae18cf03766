import { hash } from 'node:crypto';
import type { Start } from '../../cloudtrail/start.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import { datesAround } from '../../tree/evidence/day-evidence.js';
import { type DayLine, type ShownId, textOfDayLine } from '../../tree/evidence/evidence-lines.js';
import { appendPart, mergeParts } from '../../tree/evidence/evidence-log.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { dayEvidence } from '../../tree/layout.js';

/** A line of a day, by the name of its only member. */
type LineOf<Kind extends string> = Kind extends string ? Extract<DayLine, { readonly [name in Kind]: unknown }> : never;
type LineKind = 'link' | 'revealing' | 'shown' | 'asked' | 'named';

/** Adds to what a day knows; nothing is ever taken away. */
export interface DayLinkWriter<Kind extends LineKind> {
  /** Takes a line unless the day knows it. */
  add(line: LineOf<Kind>): void;
  /** Makes the new lines durable; writes nothing when there is none. */
  commit(): Promise<void>;
}

/** Tells whether a start's principal says something about its session that another event of the session may lack. */
export function isRevealing({ principal }: Start): boolean {
  return (
    principal.onBehalfOfUserId !== null || principal.sourceIdentity !== null || principal.signInSessionArn !== null
  );
}

/** The unique ids that a start shows with their ARNs: a later caller, or one of another account, may be known by its id alone. */
export function shownIds({ principal }: Start): readonly ShownId[] {
  const { type, principalId, arn, issuerPrincipalId, issuerArn } = principal;
  return [
    ...(type === 'IAMUser' && principalId !== null && arn !== null ? [{ id: principalId, arn }] : []),
    ...(issuerPrincipalId !== null && issuerArn !== null ? [{ id: issuerPrincipalId, arn: issuerArn }] : []),
  ].filter(({ id }) => /^A(?:ID|RO)A/.test(id));
}

/** Lines that wait in memory for one part. */
const PART_LINES = 20_000;

/**
 * Opens what a day knows, to add lines of some kinds to it. Memory: about 100 bytes for a line of these kinds that is known, and the new
 * ones. `see` is shown every line of the days around on the way, in order: reading them is what takes time.
 */
export async function openDayLinks<Kind extends LineKind>(
  store: ReportStore,
  reportDate: string,
  kinds: readonly Kind[],
  see: ((text: string) => void) | null = null,
): Promise<DayLinkWriter<Kind>> {
  const folder = dayEvidence(reportDate);
  const known = createKnownLines();
  await mergeParts(store, folder);
  const view = liveEvidence(store);
  const ofDay = kinds.map(startOf);
  // What a day before shows need not be shown again: rows look two days back, and each new part has the days around it written anew.
  const before = kinds.some((kind) => kind === 'shown') ? [startOf('shown')] : [];
  for (const date of datesAround(reportDate)) {
    const starts = date === reportDate ? ofDay : date < reportDate ? before : [];
    if (starts.length === 0 && !see) continue;
    for (const part of await view.parts(dayEvidence(date))) {
      for await (const batch of view.lines(part)) {
        for (const text of batch) {
          see?.(text);
          // Only the lines of uses are read: the others are known by their text.
          if (starts.some((start) => text.startsWith(start)))
            known.isNew(text, text.startsWith(startOf('revealing')) ? (JSON.parse(text) as DayLine) : null);
        }
      }
    }
  }
  let waiting: string[] = [];
  return {
    add(line: DayLine) {
      const own = 'revealing' in line ? { revealing: partOf(line.revealing) } : line;
      const text = textOfDayLine(own);
      if (known.isNew(text, own)) waiting.push(text);
    },
    async commit() {
      const lines = waiting;
      waiting = [];
      for (let at = 0; at < lines.length; at += PART_LINES)
        await appendPart(store, folder, { lines: lines.slice(at, at + PART_LINES) });
    },
  };
}

/** Knows lines by their hash. Of uses with one principal the earliest counts: it is the principal that reveals. */
function createKnownLines(): { isNew(text: string, line: DayLine | null): boolean } {
  const lines = new Set<string>();
  const uses = new Map<string, { readonly eventTime: number; readonly eventId: string }>();
  return {
    isNew(text, line) {
      if (line !== null && 'revealing' in line) {
        const { principal, console: isConsole, eventTime, eventId } = line.revealing;
        const group = hashOf(JSON.stringify([principal, isConsole]));
        const known = uses.get(group);
        if (known && (known.eventTime < eventTime || (known.eventTime === eventTime && known.eventId <= eventId))) {
          return false;
        }
        uses.set(group, { eventTime, eventId });
        return true;
      }
      const name = hashOf(text);
      if (lines.has(name)) return false;
      lines.add(name);
      return true;
    },
  };
}

function partOf({ principal, eventId, eventTime, console }: CredentialUse): CredentialUse {
  return { principal, eventId, eventTime, console };
}

function hashOf(text: string): string {
  return hash('sha1', text, 'binary');
}

/** How a line of a kind begins. */
function startOf(kind: LineKind): string {
  return `{"${kind}":`;
}
