/** A Glue table as data, for one report format; made from the one schema table when the templates are written. */
export interface GlueTable {
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
  readonly serdeParameters: Readonly<Record<string, string>>;
  /** Table properties but for those that say where the reports lie and of which years. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface GlueColumn {
  readonly name: string;
  readonly type: string;
}
