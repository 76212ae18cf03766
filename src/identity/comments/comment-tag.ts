/** What a tool wrote about itself into a SQL comment: a claim by the client, never proof (aws-facts 9). */
export interface CommentTag {
  /** The tool, lower case: `redash`, `metabase`, `dbt`, … */
  readonly app: string;
  /** The tool's user as the comment names it: e-mail, name or the tool's own id; null when it names none. */
  readonly user: string | null;
  /** Everything else the comment says, keys as written. Tags of further tools lie under their app's name. */
  readonly context: Readonly<Record<string, unknown>>;
}
