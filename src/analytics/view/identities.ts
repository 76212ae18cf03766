import type { Row, Value } from '../cache/duck.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';
import { QUERIES, REFUSED } from './totals.js';

/** A user whose person is not known for sure, why, and what would settle it. */
export interface WeakIdentity {
  readonly username: string | null;
  /** Long numbers of session names stand for any: names that differ in them only are one line. `username` is the latest. */
  readonly names: number;
  readonly person: string | null;
  readonly method: string;
  readonly confidence: string;
  readonly role: string | null;
  readonly queries: number;
  readonly refused: number;
  readonly nanos: number | string;
  readonly last: number;
  readonly lastId: string;
  readonly reason: string;
  readonly fix: string;
}

/** Lists users without a person, or with one that nobody vouches for; those with most queries first. */
export async function weakIdentities(run: RunSql, scope: Scope, limit: number): Promise<WeakIdentity[]> {
  const rows = await run(
    `SELECT arg_max(username, start_time) AS username, count(DISTINCT username) AS names, person, identity_method AS method,
       identity_confidence AS confidence, role_arn AS role, principal_type,
       regexp_replace(username, '[0-9]{6,}', '#', 'g') AS name_pattern, ${QUERIES} AS queries, ${REFUSED} AS refused, sum(cost_nanos)::BIGINT AS nanos, epoch_ms(max(start_time)) AS last,
       arg_max(coalesce(query_execution_id, event_id), start_time) AS last_id
     FROM query_log WHERE ${scopeSql(scope)} AND (person IS NULL OR identity_confidence <> 'verified')
     GROUP BY name_pattern, person, method, confidence, role, principal_type
     ORDER BY (person IS NULL) DESC, queries DESC, refused DESC, name_pattern LIMIT ${limit}`,
  );
  return rows.map((row) => ({
    username: textOf(row.username),
    names: Number(row.names),
    person: textOf(row.person),
    method: String(row.method),
    confidence: String(row.confidence),
    role: textOf(row.role),
    queries: Number(row.queries),
    refused: Number(row.refused),
    nanos: typeof row.nanos === 'string' ? row.nanos : Number(row.nanos ?? 0),
    last: Number(row.last),
    lastId: String(row.last_id),
    ...adviceFor(row),
  }));
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Reason and remedy by method, and by how the session is named. */
export function adviceFor(row: Readonly<Record<'method' | 'confidence' | 'username', Value | undefined>>): {
  readonly reason: string;
  readonly fix: string;
} {
  const username = textOf(row.username) ?? '';
  switch (row.method) {
    case 'sql-comment':
      return {
        reason: 'Only a comment inside the SQL names the person; any user of the role could write it.',
        fix: 'Give the tool one role per person, or trusted identity propagation; else list the tool in the directory to accept its word.',
      };
    case 'source-identity':
      return {
        reason: 'The source identity was chosen by whoever assumed the role.',
        fix: 'Require sts:SourceIdentity to equal the user in the trust policy, or have the identity provider set it.',
      };
    case 'session-name':
      return {
        reason: 'The role session name was chosen by the caller.',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: an IAM policy variable
        fix: 'Require sts:RoleSessionName to equal ${aws:username} in the trust policy.',
      };
    case 'unresolved':
      return /^(botocore-session-|aws-sdk-|AWSCLI-Session|\d{10,})/.test(username)
        ? {
            reason: 'The SDK made up the session name, and no event tells who assumed the role.',
            fix: 'Set role_session_name in the profile and require it in the trust policy; collect the account where the caller lives, too.',
          }
        : {
            reason: 'No event ties these credentials to a person.',
            fix: 'Collect management read events (AssumeRole) of the account and Region of the caller, or name the role in the identity directory.',
          };
    case 'root':
      return { reason: 'The root user of the account ran it.', fix: 'Stop using root; give people a role.' };
    default:
      return {
        reason: `Found by ${String(row.method)}, with confidence ${String(row.confidence)}.`,
        fix: 'Name the user or role in the identity directory to settle it.',
      };
  }
}
