import type { Column, ReportRow } from './columns.js';

/** A value of a row. */
export type Cell = ReportRow[keyof ReportRow];

/**
 * Writes a whole number in plain digits.
 * @throws RangeError beyond 2^53, where digits would be lost.
 */
export function integerText(column: Column, value: number): string {
  if (!Number.isSafeInteger(value)) throw unwritable(column, value, 'a whole number below 2^53');
  return String(value);
}

/**
 * Writes the shortest decimal that reads back as the same double, never with an exponent. Negative zero is written `0`.
 * @throws RangeError for NaN and the infinities.
 */
export function doubleText(column: Column, value: number): string {
  if (!Number.isFinite(value)) throw unwritable(column, value, 'a finite number');
  const text = String(value);
  const e = text.indexOf('e');
  return e < 0 ? text : withoutExponent(text.slice(0, e), Number(text.slice(e + 1)));
}

/**
 * Writes an instant as ISO 8601 UTC with milliseconds.
 * @throws RangeError when it is no whole millisecond of the years -271821 to 275760.
 */
export function timestampText(column: Column, value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > 8.64e15) throw unwritable(column, value, 'an epoch millisecond');
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

function unwritable(column: Column, value: number, expected: string): RangeError {
  return new RangeError(`cannot write ${column.name}: ${value} is not ${expected}`);
}
