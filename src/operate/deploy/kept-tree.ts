import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { MANIFEST_NAME, parseHourKey } from '../../tree/layout.js';
import type { KeptTree } from './check-change.js';

/** Manifests that are looked at before a damaged tree counts as unreadable. */
const TRIES = 5;

/**
 * Reads the zone and the formats of the reports that lie in a store; null when there are none. A tree has one zone, so the first
 * manifest that can be read speaks for all; formats are told by the names of all reports, because a change of the format may have been stopped.
 * @throws Error when there are manifests and none can be read: what is there is not known, so nothing may be written over it
 */
export async function readKeptTree(store: ReportStore, { now }: { readonly now: number }): Promise<KeptTree | null> {
  const formats = new Set<string>();
  let tried = 0;
  let timezone: string | null = null;
  for await (const { key, name } of hourFiles(store, new Date(now).getUTCFullYear())) {
    if (name !== MANIFEST_NAME) {
      const [, format] = /^report_.*\.(\w+)$/.exec(name) ?? [];
      if (format) formats.add(format);
      continue;
    }
    if (timezone !== null) continue;
    const stored = await store.read(key);
    const read = stored && parsed(stored.bytes);
    if (read) {
      timezone = read.timezone;
      formats.add(read.format);
    } else if (++tried === TRIES)
      throw new Error(`${store.location}: the first ${TRIES} manifests are damaged; aqt verify says more`);
  }
  if (timezone !== null) return { location: store.location, timezone, formats: [...formats].sort() };
  if (tried > 0) throw new Error(`${store.location}: every manifest is damaged; aqt verify says more`);
  return null;
}

/** CloudTrail began in this year: no report can be older. */
const FIRST_YEAR = 2013;

/** Files of hours, the newest year first: with one listing a year nobody has to page through the working files. */
async function* hourFiles(
  store: ReportStore,
  year: number,
): AsyncGenerator<{ readonly key: string; readonly name: string }> {
  for (let each = year + 1; each >= FIRST_YEAR; each--) {
    for await (const { key } of store.list(`year=${each}/`)) {
      const parsedKey = parseHourKey(key);
      if (parsedKey) yield { key, name: parsedKey.name };
    }
  }
}

function parsed(bytes: Uint8Array): Pick<Manifest, 'timezone' | 'format'> | null {
  try {
    const { timezone, format } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Manifest>;
    return typeof timezone === 'string' && typeof format === 'string' ? { timezone, format } : null;
  } catch {
    // No JSON: a damaged manifest says nothing.
    return null;
  }
}
