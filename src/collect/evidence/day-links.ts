import { createHash } from 'node:crypto';
import { addDays } from '../../calendar/report-day.js';
import type { Start } from '../../cloudtrail/start.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import { type DayLine, type ShownId, textOfDayLine } from '../../tree/evidence/evidence-lines.js';
import { appendPart, mergeParts } from '../../tree/evidence/evidence-log.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { dayEvidence } from '../../tree/layout.js';

/** Adds to what a day knows; nothing is ever taken away. */
export interface DayLinkWriter {
  /** Takes a line unless the day knows it. */
  add(line: DayLine): void;
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

/** Opens what a day knows, to add to it. Memory: about 100 bytes for a line known, and the new ones. */
export async function openDayLinks(store: ReportStore, reportDate: string): Promise<DayLinkWriter> {
  const folder = dayEvidence(reportDate);
  const known = createKnownLines();
  await mergeParts(store, folder);
  const view = liveEvidence(store);
  for (const part of await view.parts(folder)) {
    for await (const batch of view.lines(part)) {
      // Only the lines of uses are read: the others are known by their text.
      for (const text of batch)
        known.isNew(text, text.startsWith('{"revealing"') ? (JSON.parse(text) as DayLine) : null);
    }
  }
  // What a day before shows need not be shown again: rows look two days back, and each new part has the days around it written anew.
  for (const back of [1, 2]) {
    for (const part of await view.parts(dayEvidence(addDays(reportDate, -back)))) {
      for await (const batch of view.lines(part)) {
        for (const text of batch) if (text.startsWith('{"shown"')) known.isNew(text, null);
      }
    }
  }
  let waiting: string[] = [];
  return {
    add(line) {
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
      const hash = hashOf(text);
      if (lines.has(hash)) return false;
      lines.add(hash);
      return true;
    },
  };
}

function partOf({ principal, eventId, eventTime, console }: CredentialUse): CredentialUse {
  return { principal, eventId, eventTime, console };
}

function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('binary');
}
