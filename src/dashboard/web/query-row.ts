/** A row of a report as the API gives it. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export function text(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

export function list(value: Row[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
