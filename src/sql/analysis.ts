/** A name as the query context resolves it: lower case, parts joined by dots in output. */
export interface TableName {
  readonly catalog: string | null;
  readonly database: string | null;
  readonly table: string;
}

/** What a statement's text says; always returned, never thrown. */
export interface SqlAnalysis {
  /** `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`, `UNLOAD`, `SHOW`, … ; `UNKNOWN` for text that is no statement. */
  readonly kind: string;
  /** `catalog.database.table`, resolved against the context, sorted, unique. */
  readonly tablesRead: readonly string[];
  /** Tables, and `s3://…` targets of UNLOAD, sorted, unique. */
  readonly tablesWritten: readonly string[];
  /** `v1:` and 16 hex digits; null for text without a token. */
  readonly fingerprint: string | null;
  /** Raw comments before the first and after the last token, in order. */
  readonly leadingComments: readonly string[];
  readonly trailingComments: readonly string[];
  /** False when the text was cut, or a quote, comment or parenthesis is not closed. */
  readonly complete: boolean;
}

export interface SqlContext {
  /** Athena's default is `awsdatacatalog`. */
  readonly catalog: string | null;
  readonly database: string | null;
}
