/** A JSON object whose members have not been looked at. */
export type JsonObject = { readonly [key: string]: unknown };

/** Tells a JSON object from arrays, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the member as an object; anything else (null, absent, a string that says "null") counts as absent.
 * Real records carry `responseElements: null`, `sessionIssuer: {}` and, in masked sets, `requestParameters: "null"`; exports
 * out of tables and search indexes carry the parameters as JSON text.
 */
export function objectAt(parent: JsonObject | null, key: string): JsonObject | null {
  const value = parent?.[key];
  if (typeof value !== 'string') return isObject(value) ? value : null;
  if (!value.startsWith('{')) return null;
  try {
    const inner: unknown = JSON.parse(value);
    return isObject(inner) ? inner : null;
  } catch {
    // Text that only looks like an object (`{workGroup=primary}`) tells nothing.
    return null;
  }
}

/** Returns the member as a non-empty string, else null (`accessKeyId: ""` occurs in real records). */
export function stringAt(parent: JsonObject | null, key: string): string | null {
  const value = parent?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns a boolean that may be written as `true`, `"true"` or `"True"`, else null. */
export function booleanAt(parent: JsonObject | null, key: string): boolean | null {
  const value = parent?.[key];
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}
