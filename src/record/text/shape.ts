/** Says whether a value of a file that somebody may have damaged is what it should be. */
export type Shape = (value: unknown) => boolean;

export const isText: Shape = (value) => typeof value === 'string';
export const isFlag: Shape = (value) => typeof value === 'boolean';
/** A whole number that is not negative. */
export const isCount: Shape = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
export const isNumber: Shape = (value) => Number.isFinite(value);
/** An instant that JavaScript's dates read. */
export const isInstant: Shape = (value) => typeof value === 'string' && Number.isFinite(Date.parse(value));
/** A day of the calendar, `YYYY-MM-DD`. */
export const isDate: Shape = (value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isInstant(`${value}T00:00:00Z`);

export function isNullOr(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

/** A member that may be missing. */
export function isAbsentOr(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

export function isListOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** An object whose members, whatever their names, have a shape. */
export function isMapOf(shape: Shape): Shape {
  return (value) => isObject(value) && Object.values(value).every(shape);
}

/** An object with these members; others are not looked at. */
export function hasMembers(members: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(members);
  return (value) => isObject(value) && shapes.every(([name, shape]) => shape(own(value, name)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A prototype's member is none of the file's. */
function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
