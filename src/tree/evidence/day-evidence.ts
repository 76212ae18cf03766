import { addDays } from '../../calendar/report-day.js';
import type { CredentialGraph } from '../../identity/chain/credential-graph.js';
import { dayEvidence } from '../layout.js';
import { parseDayLine } from './evidence-lines.js';
import { type Part, partName } from './evidence-log.js';
import type { EvidenceView } from './evidence-view.js';

/** What is known around a day beside the credentials that a graph was fed with. */
export interface AroundDay {
  /** What was asked for already, on the day and beside it. */
  readonly asked: Set<string>;
  /** User names that IAM Identity Center told, by `<identity store ARN>#<user id>`. */
  readonly names: Map<string, string>;
  /** Names of the parts that a row may depend on. */
  readonly parts: readonly string[];
}

/**
 * Feeds a graph with what is known around a day. A role session lasts up to 12 hours, each further role of its chain up to one,
 * and a federation token 36, so two days back count; the next day's because events of one session tell of each other. The parts
 * are streamed: only the graph grows.
 */
export async function feedLinksAround(
  view: EvidenceView,
  reportDate: string,
  graph: Pick<CredentialGraph, 'addLink' | 'addStart' | 'addId'>,
): Promise<AroundDay> {
  const asked = new Set<string>();
  const names = new Map<string, string>();
  const parts: string[] = [];
  for (const date of datesAround(reportDate)) {
    const isBeside = date >= addDays(reportDate, -1);
    for (const part of await view.parts(dayEvidence(date))) {
      let tells = false;
      for await (const batch of view.lines(part)) {
        for (const text of batch) {
          const line = parseDayLine(text);
          tells ||= !('asked' in line || 'elsewhere' in line);
          if ('link' in line) graph.addLink(line.link);
          else if ('revealing' in line) graph.addStart(line.revealing);
          else if ('shown' in line) graph.addId(line.shown.id, line.shown.arn);
          else if ('named' in line) names.set(line.named.user, line.named.name);
          else if ('asked' in line && isBeside) asked.add(line.asked);
        }
      }
      if (tells) parts.push(partName(part));
    }
  }
  return { asked, names, parts };
}

/** The parts around a day that its rows may depend on. */
export async function partsAround(view: EvidenceView, reportDate: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const date of datesAround(reportDate)) {
    for (const part of await view.parts(dayEvidence(date))) if (await tellsOfRows(view, part)) parts.push(part);
  }
  return parts;
}

/** The dates whose evidence tells of the credentials of a day, in order. */
export function datesAround(reportDate: string): string[] {
  return [-2, -1, 0, 1].map((days) => addDays(reportDate, days));
}

/** Lines that no row depends on: they spare questions. */
const QUESTIONS = ['{"asked":', '{"elsewhere":'];

/** Tells whether a report may depend on a part: not all of its lines only spare questions. */
export async function tellsOfRows(view: EvidenceView, part: Part): Promise<boolean> {
  for await (const batch of view.lines(part)) {
    if (batch.some((text) => !QUESTIONS.some((start) => text.startsWith(start)))) return true;
  }
  return false;
}
