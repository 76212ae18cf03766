import type { Start } from '../../cloudtrail/start.js';
import type { CredentialGraph } from '../chain/credential-graph.js';
import { isAgentClient } from '../comments/client.js';
import type { CommentTag } from '../comments/comment-tag.js';
import { type Directory, roleOf } from '../directory/directory.js';
import { type Finding, type Search, unique } from './finding.js';
import { identify } from './identify.js';
import type { Hop, Resolution } from './resolution.js';
import { foundBehindTool } from './tool-user.js';

/**
 * Finds the person behind a start, with how it is known and by what. The same evidence gives the same answer, in whatever order
 * the graph took it; evidence that arrives later can only make the answer better.
 *
 * What AWS signs goes above what a caller chose, and that above what a comment claims. A comment names a person only when
 * the directory lists the principal's role as a role of the very tool that the comment names.
 */
export function resolvePerson(input: {
  readonly start: Start;
  readonly graph: CredentialGraph;
  readonly directory: Directory;
  readonly tag: CommentTag | null;
  /** User names by Identity Center user id (or `<identity store ARN>#<user id>`). */
  readonly identityStoreNames?: ReadonlyMap<string, string>;
}): Resolution {
  return createResolver(input)(input.start, input.tag);
}

/** Resolves many starts against one graph: the same answers as `resolvePerson`, and what they share is found once. */
export function createResolver(options: {
  readonly graph: CredentialGraph;
  readonly directory: Directory;
  readonly identityStoreNames?: ReadonlyMap<string, string>;
}): (start: Start, tag: CommentTag | null) => Resolution {
  const { graph, directory, identityStoreNames = NO_NAMES } = options;
  const search: Search = { graph, directory, identityStoreNames, callers: new Map(), userNames: new Map() };
  let { changes } = graph;
  return (start, tag) => {
    if (graph.changes !== changes) {
      search.callers.clear();
      search.userNames.clear();
      changes = graph.changes;
    }
    return resolveIn(search, start, tag);
  };
}

function resolveIn(search: Search, start: Start, tag: CommentTag | null): Resolution {
  const { graph, directory } = search;
  const own = identify(start, search);
  const { principal } = start;
  const role = roleOf(directory, principal.type === 'IAMUser' ? principal.arn : principal.issuerArn);
  const finding = role?.tool == null ? own : foundBehindTool({ start, tag, role, tool: role.tool, own, search });
  const isAgent =
    finding.kind === 'human' &&
    (isAgentClient(start.userAgent, principal.invokedBy) ||
      graph.isAgentSession(graph.factsOf(start).signInSessionArn));
  return {
    person: finding.person,
    kind: isAgent ? 'agent' : finding.kind,
    method: finding.method,
    confidence: finding.confidence,
    evidence: evidenceOf(finding, start),
    team: finding.team,
    conflict: finding.conflict,
    unresolvedReason: finding.reason,
    chain: [...finding.hops, startHop(start)],
  };
}

/** The resolution of a row for which CloudTrail has no event. */
export const UNATTRIBUTED: Resolution = {
  person: null,
  kind: 'unknown',
  method: 'unresolved',
  confidence: 'none',
  evidence: [],
  team: null,
  conflict: null,
  unresolvedReason: 'CloudTrail shows no StartQueryExecution event for this query',
  chain: [],
};

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Behind a chain, the key is what ties the start to its last hop. */
function evidenceOf({ evidence, hops, person }: Finding, { principal }: Start): readonly string[] {
  if (person === null) return [];
  const key = hops.length > 0 && principal.accessKeyId !== null ? [`key:${principal.accessKeyId}`] : [];
  return unique([...evidence, ...key]);
}

function startHop(start: Start): Hop {
  const { principal } = start;
  const caller = principal.arn ?? principal.principalId ?? principal.invokedBy;
  const key = principal.accessKeyId === null ? '' : ` with ${principal.accessKeyId}`;
  return {
    eventId: start.eventId,
    eventTime: start.eventTime,
    eventName: 'StartQueryExecution',
    caller,
    issued: null,
    proves: `${caller ?? 'an unknown caller'} started the query${key}`,
  };
}
