import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import type { Start } from '../../cloudtrail/start.js';
import { type CredentialGraph, callerUse } from '../../identity/chain/credential-graph.js';
import type { LinkName } from '../../identity/chain/link-names.js';
import { sparkSessionOf } from '../../identity/chain/spark-session.js';
import type { LinkSource, SparkUse } from '../../ports/identity-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { openLastingLinks } from '../../tree/evidence/lasting-links.js';
import { openDayLinks } from '../evidence/day-links.js';

/** A Spark session that started queries, and the account that it runs in. */
export interface AccountSparkUse extends SparkUse {
  readonly accountId: string;
}

/** Notes the Spark sessions that starts came from: of each when it was first and last used. */
export function createSparkUses(): { add(start: Start): void; all(): readonly AccountSparkUse[] } {
  const uses = new Map<string, AccountSparkUse>();
  return {
    add({ principal, region, accountId, eventTime }) {
      const sessionId = sparkSessionOf(principal);
      if (sessionId === null) return;
      const known = uses.get(sessionId);
      uses.set(sessionId, {
        sessionId,
        region,
        accountId: principal.accountId ?? accountId,
        firstUse: Math.min(known?.firstUse ?? eventTime, eventTime),
        lastUse: Math.max(known?.lastUse ?? eventTime, eventTime),
      });
    },
    all: () => [...uses.values()],
  };
}

/**
 * Asks for the events behind credentials that nothing explains yet, and keeps what comes. These events come late like all
 * others: what nothing explains is asked for again at 1, 3, 7, 15 and 31 days of age, when its day is read again, then no more.
 * The graph holds the day's starts; it is fed first with those links around the day that they need.
 */
export async function askForLinks(request: {
  readonly graph: CredentialGraph;
  /** Names of all that the graph holds. */
  readonly wanted: Iterable<LinkName>;
  readonly sparkUses: readonly AccountSparkUse[];
  readonly reportDate: string;
  readonly store: ReportStore;
  readonly linkSource: LinkSource;
  /** Milliseconds since the day ended. */
  readonly ageMs: number;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { graph, wanted, sparkUses, reportDate, store, linkSource, ageMs, signal } = request;
  const asking = (question: string) => `${question}${roundOf(ageMs)}`;
  const around = await openLastingLinks(store, {
    ...{ view: liveEvidence(store), reportDate, graph, wanted, takesAllUses: true },
    ...(signal ? { signal } : {}),
  });
  const { asked } = around;
  const learn = async (found: readonly CredentialLink[]) => {
    // What the tree knows comes first.
    await around.reachLinks(found);
    for (const link of found) graph.addLink(link);
  };
  const keep = async (questions: readonly string[], answers: AsyncIterable<CredentialLink>) => {
    const links = await openDayLinks(store, reportDate, ['link', 'asked']);
    let found: CredentialLink[] = [];
    for await (const link of answers) {
      links.add({ link });
      if (found.push(link) < LEARNT_TOGETHER) continue;
      await learn(found);
      found = [];
    }
    await learn(found);
    for (const question of questions) {
      asked.add(asking(question));
      if (!linkSource.hasFailed?.()) links.add({ asked: asking(question) });
    }
    await links.commit();
  };

  const sessions = sparkUses.filter(
    ({ sessionId, accountId }) =>
      !asked.has(`spark:${sessionId}`) &&
      !asked.has(asking(`spark:${sessionId}`)) &&
      graph.sparkStartOf(sessionId, accountId).kind === 'unknown',
  );
  if (sessions.length > 0 && linkSource.findSparkStarts) {
    await keep(
      sessions.map(({ sessionId }) => `spark:${sessionId}`),
      linkSource.findSparkStarts(sessions, signal),
    );
  }
  // Whoever started a Spark session may have come by a role, too: that key is wanted like a start's own.
  const starters = sparkUses.flatMap(({ sessionId, accountId }) => {
    const parent = graph.sparkStartOf(sessionId, accountId);
    return parent.kind === 'link' ? [callerUse(parent.link)] : [];
  });
  await around.reach(starters);
  for (const starter of starters) graph.addStart(starter);
  // A link may itself be signed with an unknown key: ask again until nothing new turns up, ten hops at most.
  for (let hop = 0; hop < 10; hop++) {
    const keys = [...graph.unknownKeys()].filter((key) => !asked.has(key) && !asked.has(asking(key)));
    if (keys.length === 0) break;
    // In portions: a run that must stop keeps what it has learnt, and the next one goes on behind it.
    for (let at = 0; at < keys.length; at += KEYS_KEPT_TOGETHER) {
      const portion = keys.slice(at, at + KEYS_KEPT_TOGETHER);
      await keep(portion, linkSource.find(portion, signal));
    }
  }
  // What nothing resolves may be named by any event of the credential: one question each, and none again.
  const silent = [...graph.unknownKeys()].filter((key) => !asked.has(asking(`uses:${key}`)));
  for (let at = 0; linkSource.findUses && at < silent.length; at += KEYS_KEPT_TOGETHER) {
    const portion = silent.slice(at, at + KEYS_KEPT_TOGETHER);
    await keep(
      portion.map((key) => `uses:${key}`),
      linkSource.findUses(portion, signal),
    );
  }
}

/** At two calls a second: some ten seconds of asking. */
const KEYS_KEPT_TOGETHER = 20;
/** Each time the links of the tree may have to be looked through. */
const LEARNT_TOGETHER = 1000;

/** A name for the span of ages in which one question is asked once; none for the last. */
function roundOf(ageMs: number): string {
  const days = Math.max(0, ageMs) / 86_400_000;
  return days >= LATE_EVENT_DAYS ? '' : `@${Math.floor(Math.log2(days + 1))}`;
}
