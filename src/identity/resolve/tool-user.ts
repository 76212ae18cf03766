import type { Start } from '../../cloudtrail/start.js';
import type { CommentTag } from '../comments/comment-tag.js';
import { type DirectoryRole, personOf } from '../directory/directory.js';
import { isEmail, isOpaque } from '../names/look.js';
import { type Finding, found, foundRole, type Search, unique } from './finding.js';

/**
 * Finds who used a tool that queries under a role of its own. A person whom AWS signs (somebody took the tool's role by hand)
 * stays; then the session name, where the tool puts its user there; then the user in the tool's comment; else the tool.
 */
export function foundBehindTool(input: {
  readonly start: Start;
  readonly tag: CommentTag | null;
  readonly role: DirectoryRole;
  readonly tool: string;
  readonly own: Finding;
  readonly search: Search;
}): Finding {
  const { start, tag, role, tool, own, search } = input;
  const isSigned = own.confidence === 'verified';
  const isPerson = own.kind === 'human' || own.kind === 'agent';
  if (isPerson && (isSigned || own.method === 'source-identity')) return own;
  const { sessionName, type } = start.principal;
  const { hops } = own;
  const evidence = own.evidence.filter((id) => !id.startsWith('directory:'));
  if (
    type === 'AssumedRole' &&
    sessionName !== null &&
    (isEmail(sessionName) || personOf(search.directory, [sessionName]))
  ) {
    return found(
      search,
      { name: sessionName },
      {
        kind: 'human',
        method: 'session-name',
        confidence: 'asserted',
        evidence,
        hops,
      },
    );
  }
  const rule = `directory:${role.name ?? role.arn}`;
  const user = tag?.app === tool ? tag.user : null;
  if (tag && user !== null && (!isOpaque(user) || personOf(search.directory, [`${tag.app}:${user}`]))) {
    return found(
      search,
      { name: user, ids: [`${tag.app}:${user}`, user] },
      {
        kind: 'human',
        method: 'sql-comment',
        confidence: 'claimed',
        evidence: unique([...evidence, rule, `comment:${tag.app}`]),
        hops,
      },
    );
  }
  const reason =
    tag && user !== null
      ? `${tag.app} user ${user} is in no directory: add the alias "${tag.app}:${user}" to a person`
      : own.reason;
  return foundRole(search, role, {
    method: 'directory',
    confidence: isSigned ? 'verified' : 'asserted',
    evidence,
    hops,
    reason,
  });
}
