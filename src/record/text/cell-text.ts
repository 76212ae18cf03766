import type { ReportRow, TypedColumn } from '../columns.js';

/** A value of a row. */
export type Cell = ReportRow[keyof ReportRow];

/**
 * Returns a number that the column's type holds without loss.
 * @throws RangeError for a whole number beyond 2^53, a double that is not finite, a timestamp that is no millisecond of the
 * years -271821 to 275760.
 */
export function exactNumber({ name, type }: TypedColumn, value: number): number {
  if (type === 'double') {
    if (Number.isFinite(value)) return value;
  } else if (type === 'timestamp') {
    if (Number.isInteger(value) && Math.abs(value) <= 8.64e15) return value;
  } else if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`cannot write ${name}: ${value} is not an exact ${type}`);
}

/** Writes a double as the shortest decimal that reads back the same, never with an exponent. Negative zero is `0`. */
export function doubleText(value: number): string {
  const text = String(value);
  const e = text.indexOf('e');
  return e < 0 ? text : withoutExponent(text.slice(0, e), Number(text.slice(e + 1)));
}

/** Writes epoch milliseconds as ISO 8601 UTC with milliseconds. */
export function timestampText(value: number): string {
  return new Date(value).toISOString();
}

/**
 * Replaces lone surrogates by U+FFFD: they have no UTF-8 form, so CSV and Parquet cannot keep them, and all formats shall
 * say the same.
 */
export function wellFormed(text: string): string {
  return LONE_SURROGATE.test(text) ? text.replace(LONE_SURROGATES, '\ufffd') : text;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

function withoutExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
