/** Names without a qualifier, and the tables of which one may own each. */
export interface AmbiguousNames {
  readonly tables: readonly string[];
  /** Null: any column of theirs. */
  readonly names: readonly string[] | null;
}

/** What a statement's text says; always returned, never thrown. */
export interface SqlAnalysis {
  /**
   * `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`, `UNLOAD`, `SHOW`, `EXPLAIN`, `EXPLAIN_ANALYZE`, … ; that of the first
   * statement when there are several; `UNKNOWN` for text that is no statement.
   */
  readonly kind: string;
  /** `catalog.database.table`, resolved against the context, sorted, unique. Parts that need quotes keep them. */
  readonly tablesRead: readonly string[];
  /** Tables, and `s3://…` targets of UNLOAD, sorted, unique. */
  readonly tablesWritten: readonly string[];
  /**
   * Columns read: `table.column`, `table.~column` where the query has that one table only, `table.*` where every column may
   * be meant. Sorted, unique.
   */
  readonly columnsRead: readonly string[];
  /** Tables of `columnsRead` that a star reads whole: where their columns are known, each is read for certain. */
  readonly wholeTables: ReadonlySet<string>;
  /** Names that one of several tables must own: why `columnsRead` has these tables as `table.*`. */
  readonly ambiguousNames: readonly AmbiguousNames[];
  /** Tables of which only metadata is asked: SHOW, DESCRIBE, GRANT, and the table behind `"t$partitions"`. */
  readonly metadataTables: readonly string[];
  /** Storage locations that DDL names: LOCATION, `external_location`, `location`. */
  readonly locations: readonly string[];
  /** `v2:` and 16 hex digits; null for text without a token. */
  readonly fingerprint: string | null;
  /** Raw comments before the first and after the last token, in order, with their delimiters. */
  readonly leadingComments: readonly string[];
  readonly trailingComments: readonly string[];
  /** Statements in the text; Athena itself runs one. */
  readonly statements: number;
  /** Name of the statement that PREPARE makes or EXECUTE runs. */
  readonly preparedName: string | null;
  /** The prepared statement that the text runs: what it reads and writes is not in it. */
  readonly executes: string | null;
  /**
   * Why the text may read more than it names: `statement-not-known`, `text-not-complete` (see `complete`), or what `Unnamed` has;
   * null where it names all.
   */
  readonly unread: string | null;
  /**
   * False when the text was cut or is an unfilled template: it is too long, a quote, comment or parenthesis is not closed, a relation is
   * missing, or its last word cannot be the last. A cut where a statement may end cannot be told.
   */
  readonly complete: boolean;
}

export interface SqlContext {
  readonly catalog: string | null;
  readonly database: string | null;
  /**
   * Catalog of names that say none while `catalog` is null. Unset, it is Athena's own, `awsdatacatalog`;
   * null leaves such names as they are written.
   */
  readonly defaultCatalog?: string | null;
}
