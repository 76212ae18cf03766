import { InvalidArgumentError } from 'commander';
import { parsedAmount } from '../../analytics/view/filters.js';

/** The first argument of most commands: where the reports lie. */
export const OUTPUT = ['<output>', 'folder or s3://bucket[/prefix] of the reports'] as const;

/** Reads a whole number from 1. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed');
  return value;
}

/** Reads a whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number from 0 is needed');
  return Number(text);
}

/** Reads a size in bytes: `2GB`, `500MiB`. */
export function byteSize(text: string): number {
  const bytes = parsedAmount(text);
  if (bytes === null || bytes < 1) throw new InvalidArgumentError('a size is needed, such as 500MB or 2GB');
  return Math.round(bytes);
}

/** Reads an hour label, 0 to 23. */
export function hourOfDay(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}$/.test(text) || value > 23) throw new InvalidArgumentError('an hour is 0 to 23');
  return value;
}

/** Takes an option that may be given several times. */
export function repeated(value: string, values: readonly string[] | undefined): readonly string[] {
  return [...(values ?? []), value];
}
