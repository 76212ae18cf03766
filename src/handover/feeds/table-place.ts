/** A table as reports name it, in its parts; what consumers want of it differs. */
export type TablePlace =
  | {
      readonly kind: 'table';
      readonly catalog: string | null;
      readonly database: string | null;
      readonly table: string;
    }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/**
 * Takes a name of `tables_read` or `tables_written` apart: `catalog.database.table`, parts in double quotes where they hold dots,
 * or the `s3://` location an UNLOAD writes to. Names that lack their catalog or database keep the parts they have.
 */
export function readTablePlace(name: string): TablePlace {
  const location = /^s3a?:\/\/([^/]+)\/?(.*)$/is.exec(name);
  if (location) return { kind: 's3', bucket: location[1] ?? '', key: (location[2] ?? '').replace(/\/+$/, '') };
  const parts = partsOf(name);
  const table = parts.at(-1) ?? name;
  return {
    kind: 'table',
    table,
    database: parts.at(-2) ?? null,
    catalog: parts.length > 2 ? parts.slice(0, -2).join('.') : null,
  };
}

/** `a."b.c".d` is `a`, `b.c`, `d`; a doubled quote inside quotes is one. */
function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const [, quoted, plain] of name.matchAll(/"((?:[^"]|"")*)"|([^.]+)/g)) {
    parts.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
  }
  return parts;
}
