/** Reads plain digits; undefined for anything else. */
export function parseInteger(text: string): number | undefined {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reads ISO 8601 UTC with milliseconds, as `timestampText` writes it; undefined for any other form. */
export function parseTimestamp(text: string): number | undefined {
  if (!/^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return undefined;
  const value = Date.parse(text);
  return Number.isNaN(value) ? undefined : value;
}

/** Reads the JSON text of a list of strings; undefined for anything else. */
export function parseStringList(text: string): readonly string[] | undefined {
  try {
    return stringList(JSON.parse(text));
  } catch {
    return undefined; // not JSON: the caller names line and column
  }
}

/** Returns the value when it is a list of strings. */
export function stringList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
