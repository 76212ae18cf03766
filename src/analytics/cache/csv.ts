import type { Value } from './duck.js';

/** One line of RFC 4180 CSV, with its line end. Null is the empty field, lists are JSON. */
export function csvLine(values: readonly Value[]): string {
  return `${values.map(csvField).join(',')}\n`;
}

/**
 * The same for people who open it in a spreadsheet: text that would begin a formula (a SQL comment begins with `-`) gets an
 * apostrophe before it.
 */
export function spreadsheetLine(values: readonly Value[]): string {
  return csvLine(
    values.map((value) => (typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value)),
  );
}

function csvField(value: Value): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (text === '') return '""';
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
