import { costCenterOf } from '../../identity/directory/directory.js';
import type { Directory } from '../../identity/directory/directory-entries.js';
import { suggestDirectoryLine } from '../../identity/directory/directory-suggestion.js';
import { literal } from '../cache/sql-text.js';
import { adviceFor } from './identities.js';
import type { RunSql } from './scope.js';
import { QUERIES, REFUSED } from './totals.js';

/** One way in which a person was known, over all that is collected. */
export interface PersonName {
  readonly username: string | null;
  readonly method: string;
  readonly confidence: string;
  readonly role: string | null;
  readonly principal: string | null;
  readonly queries: number;
  readonly refused: number;
  /** Epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  /** Evidence of the latest of its rows, first hop first, and that row. */
  readonly evidence: readonly string[] | null;
  readonly id: string;
  /** Why it is weak, what would settle it, and the line of the directory file that would; null where AWS vouches for the person. */
  readonly weakness: { readonly reason: string; readonly fix: string; readonly line: string | null } | null;
}

/** Who somebody is, as far as the rows and the directory say. */
export interface Person {
  readonly person: string;
  readonly kind: string | null;
  readonly team: string | null;
  readonly costCenter: string | null;
  readonly names: readonly PersonName[];
  /** Names beyond those listed. */
  readonly more: number;
}

const NAMES = 50;

/** A row of the query below. */
type Found = Omit<PersonName, 'weakness'> & {
  readonly kind: string | null;
  readonly team: string | null;
  readonly session_name: string | null;
  readonly on_behalf_of: string | null;
  readonly app: string | null;
  readonly app_user: string | null;
  readonly all_names: number;
};

/** Finds a person by name, whatever the time; null when no row speaks of them. */
export async function personOf(run: RunSql, person: string, directory: Directory): Promise<Person | null> {
  const found = await run<Found>(
    `SELECT username, identity_method AS method, identity_confidence AS confidence, role_arn AS role,
       any_value(principal_arn) AS principal, any_value(session_name) AS session_name, any_value(on_behalf_of) AS on_behalf_of,
       any_value(app) AS app, any_value(app_user) AS app_user, arg_max(person_kind, start_time) AS kind, arg_max(team, start_time) AS team,
       ${QUERIES} AS queries, ${REFUSED} AS refused, epoch_ms(min(start_time)) AS first, epoch_ms(max(start_time)) AS last,
       arg_max(identity_evidence, start_time) AS evidence, arg_max(coalesce(query_execution_id, event_id), start_time) AS id,
       count(*) OVER () AS all_names
     FROM query_log WHERE person = ${literal(person)}
     GROUP BY username, method, confidence, role ORDER BY last DESC, username LIMIT ${NAMES}`,
  );
  const [latest] = found;
  if (!latest) return null;
  const { kind, team } = latest;
  const costCenter = costCenterOf(directory, { person, team, kind });
  return { person, kind, team, costCenter, names: found.map(nameOf), more: latest.all_names - found.length };
}

function nameOf(row: Found): PersonName {
  const { username, method, confidence, role, principal, queries, refused, first, last, evidence, id } = row;
  const known = { username, method, confidence, role, principal, queries, refused, first, last, evidence, id };
  if (confidence === 'verified') return { ...known, weakness: null };
  const suggestion = suggestDirectoryLine({
    principalArn: principal,
    roleArn: role,
    sessionName: row.session_name,
    onBehalfOf: row.on_behalf_of,
    app: row.app,
    appUser: row.app_user,
  });
  return { ...known, weakness: { ...adviceFor(row), line: suggestion?.line ?? null } };
}
