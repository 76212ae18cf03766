import type { HourLabel } from '../../calendar/hour-label.js';
import { addDays } from '../../calendar/report-day.js';
import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import { type CredentialGraph, callerUse } from '../../identity/chain/credential-graph.js';
import type { LinkName } from '../../identity/chain/link-names.js';
import { createLinkSearch, type Wanted } from '../../identity/chain/link-search.js';
import { hourEvidence } from '../layout.js';
import type { AroundDay } from './day-evidence.js';
import { parseDayLine } from './evidence-lines.js';
import { type Part, partName } from './evidence-log.js';
import type { EvidenceView } from './evidence-view.js';
import { createLineIndex, type LineIndex } from './line-index.js';
import { createLineNames } from './line-names.js';
import { createStartNames } from './start-names.js';

/** What is known around a day, and a graph that knows as much of its links as is asked about. */
export interface LinksAround extends AroundDay {
  /** Feeds the graph with all that the answers about these uses hang on. They are the same then as with every link in the graph. */
  reach(uses: Iterable<CredentialUse>): Promise<void>;
  /** The same for links that come from elsewhere, before the graph takes them: their copies, their keys' other claims, their callers. */
  reachLinks(links: Iterable<CredentialLink>): Promise<void>;
  /** False: the graph may lack what the answer about this use hangs on. */
  isReached(use: CredentialUse): boolean;
}

export interface LinksRequest {
  readonly view: EvidenceView;
  readonly reportDate: string;
  readonly graph: CredentialGraph;
  /** Hours whose starts will be asked about: to read the links once for all of them. It spares work and decides nothing. */
  readonly hours?: readonly HourLabel[];
  /** Names of uses that will be asked about (`namesWantedBy`). */
  readonly wanted?: Iterable<LinkName>;
  /** The graph is fed with every use that reveals something, as with a start, not with those alone that something hangs on. */
  readonly takesAllUses?: boolean;
  /** Compressed bytes of links up to which all of them are loaded: that many cost less than to choose among them. */
  readonly allBelow?: number;
  readonly signal?: AbortSignal;
}

/** A part that tells of credentials, and the date that it lies under. */
export interface DatedPart {
  readonly part: Part;
  readonly date: string;
}

/**
 * Looks through parts for the links that uses hang on. All are read once; each further round goes one hop back, through those parts
 * alone in which a wanted name stands. What a line says for good, of ids and users, is taken from all.
 */
export async function searchLinks(request: LinksRequest, dated: readonly DatedPart[]): Promise<LinksAround> {
  const { view, reportDate, graph, hours = [], wanted = [], takesAllUses = false, signal } = request;
  const parts: readonly Placed[] = dated.map((one) => ({ ...one, index: null }));
  const search = createLinkSearch();
  const lineNames = createLineNames();
  const asked = new Set<string>();
  const names = new Map<string, string>();
  const telling: string[] = [];
  /** A run that broke off has forgotten what it looked for. */
  let state: 'new' | 'running' | 'whole' = 'new';

  for (const label of hours) await readStarts(label);
  for (const name of wanted) search.wantName(name);
  await run();
  return {
    ...{ asked, names, parts: telling },
    reach: (more) => {
      for (const use of more) search.want(use);
      return run();
    },
    reachLinks: (links) => {
      for (const link of links) search.wantLink(link);
      return run();
    },
    isReached: (use) => state === 'whole' && search.isWanted(use),
  };

  async function readStarts(label: HourLabel): Promise<void> {
    const startNames = createStartNames();
    try {
      for (const part of await view.parts(hourEvidence(label))) {
        for await (const batch of view.lines(part)) {
          signal?.throwIfAborted();
          for (const text of batch) for (const name of startNames(text)) search.wantName(name);
        }
      }
    } catch {
      // Damaged or gone: whoever makes the rows of this hour reads it again, and tells.
      signal?.throwIfAborted();
    }
  }

  /** Feeds the graph in the order of the lines, whenever they were found: of two that contradict each other the first counts. */
  async function run(): Promise<void> {
    if (state === 'running') throw new Error('the search for credential links broke off: open it again');
    let isFirst = state === 'new';
    state = 'running';
    const found: Found[] = [];
    for (
      let wanted = search.nextRound(isElsewhere);
      wanted.size > 0 || isFirst;
      wanted = search.nextRound(isElsewhere)
    ) {
      isFirst = false;
      for (const [at, placed] of parts.entries()) {
        if (placed.index === null) await readPart(placed, at, { wanted, found });
        else await readLines(placed, at, { wanted, found });
      }
    }
    found.sort((a, b) => a.part - b.part || a.line - b.line);
    for (const { link } of found) graph.addLink(link);
    state = 'whole';
  }

  /** True where a line beside the one that a name was taken from may have it. */
  function isElsewhere(name: LinkName): boolean {
    let count = 0;
    for (const { index } of parts) {
      count += index?.count(name) ?? 0;
      if (count > 1) return true;
    }
    return false;
  }

  /** Reads all of a part, and notes what its lines are found by. */
  async function readPart(placed: Placed, at: number, { wanted, found }: Round): Promise<void> {
    const { part, date } = placed;
    const index = createLineIndex();
    let line = 0;
    let tells = false;
    for await (const batch of view.lines(part)) {
      signal?.throwIfAborted();
      for (const text of batch) {
        if (text.startsWith(LINK) || text.startsWith(REVEALING)) {
          tells = true;
          const own = lineNames.read(text);
          index.add(line, own);
          const isUse = takesAllUses && text.startsWith(REVEALING);
          const isNews = lineNames.hasUser() || showsIds();
          if (isUse || isNews) learn(text, { isUse });
          if (own.some((name) => wanted.has(name))) take(text, { part: at, line }, { wanted, found });
        } else tells = readOther(text, date) || tells;
        line += 1;
      }
    }
    if (tells) telling.push(partName(part));
    index.close();
    // Not before the end of the part: what was read of it is proven only there.
    placed.index = index;
  }

  /** Reads the lines of a part that have a wanted name. */
  async function readLines({ part, index }: Placed, at: number, { wanted, found }: Round): Promise<void> {
    const lines = new Set<number>();
    for (const name of wanted.keys()) index?.findIn(name, lines);
    if (lines.size === 0) return;
    let line = 0;
    for await (const batch of view.lines(part)) {
      signal?.throwIfAborted();
      for (const text of batch) {
        if (lines.has(line)) take(text, { part: at, line }, { wanted, found });
        line += 1;
      }
    }
  }

  /** Takes from a line what it says for good, whatever is looked for. */
  function learn(text: string, { isUse }: { readonly isUse: boolean }): void {
    const line = parseDayLine(text);
    if ('link' in line) graph.addNames(callerUse(line.link));
    if (!('revealing' in line)) return;
    graph.addNames(line.revealing);
    if (!isUse) return;
    graph.addStart(line.revealing);
    search.want(line.revealing);
  }

  /** Takes a line that was found: what it reveals at once, a link when all are found. */
  function take(text: string, place: Pick<Found, 'part' | 'line'>, { wanted, found }: Round): void {
    const line = parseDayLine(text);
    const use = 'link' in line ? callerUse(line.link) : 'revealing' in line ? line.revealing : null;
    if (use && search.takeUse(use, wanted)) graph.addUse(use);
    if ('link' in line && search.takeLink(line.link, wanted)) found.push({ ...place, link: line.link });
  }

  function showsIds(): boolean {
    return lineNames.shownIds().some(({ id, arn }) => !graph.knowsId(id, arn));
  }

  /** Tells whether a row may depend on the line. */
  function readOther(text: string, date: string): boolean {
    if (text.startsWith('{"elsewhere":')) return false;
    const line = parseDayLine(text);
    if ('shown' in line) graph.addId(line.shown.id, line.shown.arn);
    else if ('named' in line) names.set(line.named.user, line.named.name);
    else if ('asked' in line && date >= addDays(reportDate, -1)) asked.add(line.asked);
    return !('asked' in line);
  }
}

interface Placed extends DatedPart {
  /** Null until it was read once. */
  index: LineIndex | null;
}

interface Found {
  readonly part: number;
  readonly line: number;
  readonly link: CredentialLink;
}

interface Round {
  readonly wanted: Wanted;
  readonly found: Found[];
}

const LINK = '{"link":';
const REVEALING = '{"revealing":';
