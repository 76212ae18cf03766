import type { Row } from '../../analytics/cache/duck.js';

export function text(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

export function list(value: Row[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
