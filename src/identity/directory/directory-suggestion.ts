import { isOpaque, mayNamePerson } from '../names/look.js';

/** What a report row says about an identity that the directory does not know yet. */
export interface UnknownIdentity {
  readonly principalArn: string | null;
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  /** Identity Center user id. */
  readonly onBehalfOf: string | null;
  readonly app: string | null;
  readonly appUser: string | null;
}

/** A line to add to the directory file, and where. */
export interface DirectorySuggestion {
  readonly section: 'aliases' | 'roles';
  /** YAML, one list item. */
  readonly line: string;
}

/**
 * Suggests the directory line that would name this identity from now on: the alias of a person where a name or id is known,
 * else the entry of the role. Null when the row names nothing that a directory could hold.
 */
export function suggestDirectoryLine(identity: UnknownIdentity): DirectorySuggestion | null {
  const { principalArn, roleArn, sessionName, onBehalfOf, app, appUser } = identity;
  if (onBehalfOf !== null) return { section: 'aliases', line: `- ${quoted(onBehalfOf)}` };
  if (roleArn !== null && app !== null && appUser !== null) {
    const role = `- { arn: ${quoted(roleArn)}, kind: tool, tool: ${quoted(app)} }`;
    return isOpaque(appUser)
      ? { section: 'aliases', line: `- ${quoted(`${app}:${appUser}`)}` }
      : { section: 'roles', line: role };
  }
  if (roleArn === null) return principalArn === null ? null : { section: 'aliases', line: `- ${quoted(principalArn)}` };
  if (sessionName !== null && mayNamePerson(sessionName)) {
    return { section: 'aliases', line: `- ${quoted(sessionName)}` };
  }
  return { section: 'roles', line: `- { arn: ${quoted(roleArn)}, kind: workload, owner: "" }` };
}

/** A YAML double-quoted text is a JSON string. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
