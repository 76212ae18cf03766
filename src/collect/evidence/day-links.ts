import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { addDays } from '../../calendar/report-day.js';
import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { Start } from '../../cloudtrail/start.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import type { CredentialGraph } from '../../identity/chain/credential-graph.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { streamLines } from '../../tree/json-lines.js';
import { workKey } from '../../tree/layout.js';

/**
 * What the events of one report day tell about credentials, kept in `_work/links/`, a line each: STS links; uses whose
 * principal reveals more than other events of the same session do (aws-facts 3.4: `onBehalfOf` is stamped per service);
 * and what was asked for already (access keys, `spark:<session id>`), so that nobody asks twice.
 */
export type LinkLine =
  | { readonly link: CredentialLink }
  | { readonly revealing: CredentialUse }
  | { readonly asked: string };

/** Adds to what a day knows; nothing is ever taken away. */
export interface DayLinkWriter {
  /** Takes a line unless the day knows it. */
  add(line: LinkLine): void;
  /** Makes the new lines durable; writes nothing when there is none. */
  commit(): Promise<void>;
}

/**
 * Feeds a graph with what is known around a day. A role session lasts up to 12 hours, each further role of its chain up to one,
 * and a federation token 36, so two days back count; the next day's because events of one session tell of each other. The files
 * are streamed: only the graph grows. Returns what was asked for already, on the day and beside it.
 */
export async function feedLinksAround(
  store: ReportStore,
  reportDate: string,
  graph: Pick<CredentialGraph, 'addLink' | 'addStart'>,
): Promise<Set<string>> {
  const asked = new Set<string>();
  for (const day of [-2, -1, 0, 1].map((days) => addDays(reportDate, days))) {
    const isBeside = day >= addDays(reportDate, -1);
    for await (const text of linesOf(store, day)) {
      const line = JSON.parse(text) as LinkLine;
      if ('link' in line) graph.addLink(line.link);
      else if ('revealing' in line) graph.addStart(line.revealing);
      else if (isBeside) asked.add(line.asked);
    }
  }
  return asked;
}

/** Tells whether a start's principal says something about its session that another event of the session may lack. */
export function isRevealing({ principal }: Start): boolean {
  return (
    principal.onBehalfOfUserId !== null || principal.sourceIdentity !== null || principal.signInSessionArn !== null
  );
}

/** Lines that are packed together. */
const MEMBER_LINES = 5_000;

/**
 * Opens what a day knows, to add to it. New lines are appended as gzip members of their own. Memory: about 100 bytes for a
 * line known, and its compressed bytes (about 200) for a new one.
 */
export async function openDayLinks(store: ReportStore, reportDate: string): Promise<DayLinkWriter> {
  const key = linksKey(reportDate);
  const known = createKnownLines();
  for await (const text of linesOf(store, reportDate)) {
    // Only the lines of uses are read: the others are known by their text.
    known.isNew(text, text.startsWith('{"revealing"') ? (JSON.parse(text) as LinkLine) : null);
  }
  const members: Uint8Array[] = [];
  let waiting: string[] = [];
  const pack = () => {
    if (waiting.length > 0) members.push(gzipSync(`\n${waiting.join('\n')}`, { level: 1 }));
    waiting = [];
  };
  return {
    add(line) {
      const own = 'revealing' in line ? { revealing: partOf(line.revealing) } : line;
      const text = JSON.stringify(own);
      if (!known.isNew(text, own)) return;
      waiting.push(text);
      if (waiting.length >= MEMBER_LINES) pack();
    },
    async commit() {
      pack();
      if (members.length === 0) return;
      const added = members.splice(0);
      for (let tries = 0; ; tries++) {
        const tag = await store.tagOf(key);
        const content = async function* () {
          yield* (tag === null ? null : await store.stream(key)) ?? [];
          yield* added;
        };
        try {
          await store.write(key, content, tag === null ? { absent: true } : { tag });
          return;
        } catch (error) {
          // Another run appended meanwhile; a line that both bring stands there twice and counts once.
          if (!(error instanceof WriteConflict) || tries >= 5) throw error;
        }
      }
    },
  };
}

/** Knows lines by their hash. Of uses with one principal the earliest counts: it is the principal that reveals. */
function createKnownLines(): { isNew(text: string, line: LinkLine | null): boolean } {
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

async function* linesOf(store: ReportStore, reportDate: string): AsyncGenerator<string> {
  const key = linksKey(reportDate);
  const stream = await store.stream(key);
  if (stream) yield* streamLines(stream, key);
}

function linksKey(reportDate: string): string {
  return workKey.links(reportDate);
}
