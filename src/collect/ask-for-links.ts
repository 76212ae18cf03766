import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { Start } from '../cloudtrail/start.js';
import { type CredentialGraph, callerUse } from '../identity/credential-graph.js';
import { sparkSessionOf } from '../identity/spark-session.js';
import { feedLinksAround, openDayLinks } from './day-links.js';
import type { LinkSource, ReportStore, SparkUse } from './ports.js';

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
 * Asks for the events behind credentials that nothing explains yet, each once in the life of the tree, and keeps what comes.
 * The graph holds the day's starts; it is fed with the links around the day first.
 */
export async function askForLinks(request: {
  readonly graph: CredentialGraph;
  readonly sparkUses: readonly AccountSparkUse[];
  readonly reportDate: string;
  readonly store: ReportStore;
  readonly linkSource: LinkSource;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { graph, sparkUses, reportDate, store, linkSource, signal } = request;
  const asked = await feedLinksAround(store, reportDate, graph);
  const keep = async (questions: readonly string[], answers: AsyncIterable<CredentialLink>) => {
    const links = await openDayLinks(store, reportDate);
    for await (const link of answers) {
      graph.addLink(link);
      links.add({ link });
    }
    for (const question of questions) {
      asked.add(question);
      links.add({ asked: question });
    }
    await links.commit();
  };

  const sessions = sparkUses.filter(
    ({ sessionId, accountId }) =>
      !asked.has(`spark:${sessionId}`) && graph.sparkStartOf(sessionId, accountId).kind === 'unknown',
  );
  if (sessions.length > 0 && linkSource.findSparkStarts) {
    await keep(
      sessions.map(({ sessionId }) => `spark:${sessionId}`),
      linkSource.findSparkStarts(sessions, signal),
    );
  }
  // Whoever started a Spark session may have come by a role, too: that key is wanted like a start's own.
  for (const { sessionId, accountId } of sparkUses) {
    const parent = graph.sparkStartOf(sessionId, accountId);
    if (parent.kind === 'link') graph.addStart(callerUse(parent.link));
  }
  // A link may itself be signed with an unknown key: ask again until nothing new turns up, ten hops at most.
  for (let hop = 0; hop < 10; hop++) {
    const keys = [...graph.unknownKeys()].filter((key) => !asked.has(key));
    if (keys.length === 0) return;
    await keep(keys, linkSource.find(keys, signal));
  }
}
