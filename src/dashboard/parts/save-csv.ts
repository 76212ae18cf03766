import { spreadsheetLine } from '../../analytics/cache/csv.js';
import type { Value } from '../../analytics/cache/duck.js';

/** Writes rows into a file of the browser, guarded for spreadsheets. */
export function saveCsv(name: string, rows: readonly (readonly Value[])[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(rows.map(spreadsheetLine), { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
