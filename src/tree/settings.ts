import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { readManifests } from './read-manifests.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** What defines the hours of a tree, for ever. */
export interface TreeSettings {
  readonly schema: 1;
  /** The report time zone, an IANA name; null for a tree that nothing was collected into. */
  readonly timezone: string | null;
}

/** With another zone hours would overlap and queries stand twice or nowhere: nothing goes on without it. */
const SETTINGS: TreeDocument<TreeSettings> = {
  key: workKey.settings,
  absent: { schema: 1, timezone: null },
  parse(value) {
    const { schema, timezone } = (value ?? {}) as Partial<TreeSettings>;
    return schema === 1 && typeof timezone === 'string' ? { schema, timezone } : null;
  },
  whenDamaged: 'throw',
};

/** Somebody wants to write into a tree with another report time zone than its own. */
export class OtherTimezone extends Error {
  override readonly name = 'OtherTimezone';
  constructor(location: string, { own, asked }: { readonly own: string; readonly asked: string }) {
    super(
      `${location} is collected in the report time zone ${own}, not in ${asked}: a tree has one for ever, or its hours would overlap. ` +
        `Go on in ${own} (for the command line, leave --timezone out), or collect into a folder or prefix of its own`,
    );
  }
}

/** The report time zone of a tree; null for one that nothing was collected into. `now` is epoch milliseconds. */
export async function readTimezone(store: ReportStore, now: number): Promise<string | null> {
  const { timezone } = await readDocument(store, SETTINGS);
  // Where somebody removed the settings, any hour tells.
  return timezone ?? (await timezoneOfHours(store, now));
}

/** Checks that a tree may be written with a report time zone. @throws OtherTimezone */
export async function checkTimezone(store: ReportStore, asked: string, now: number): Promise<void> {
  const own = await readTimezone(store, now);
  if (own !== null && own !== asked) throw new OtherTimezone(store.location, { own, asked });
}

/** Keeps the report time zone with the tree, before anything is written that depends on it. @throws OtherTimezone */
export async function pinTimezone(store: ReportStore, asked: string, now: number): Promise<void> {
  await checkTimezone(store, asked, now);
  const { timezone: own } = await updateDocument(store, SETTINGS, (settings) =>
    settings.timezone === null ? { ...settings, timezone: asked } : settings,
  );
  // Another run began at the same moment.
  if (own !== null && own !== asked) throw new OtherTimezone(store.location, { own, asked });
}

async function timezoneOfHours(store: ReportStore, now: number): Promise<string | null> {
  for await (const { manifest } of readManifests(store, { from: null, now }))
    if (typeof manifest !== 'string') return manifest.timezone;
  return null;
}
