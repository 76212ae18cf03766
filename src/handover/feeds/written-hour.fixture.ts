import { createHash } from 'node:crypto';
import { type HourLabel, hourName } from '../../calendar/hour-label.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import { encodeManifest } from '../../record/encode-manifest.js';
import { createLedgerCounter } from '../../record/ledger.js';
import type { Manifest } from '../../record/manifest.js';
import { streamOf } from '../../record/row.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { manifestKey, reportKey } from '../../tree/layout.js';

/** Writes an hour (of UTC) with its manifest, as far as whoever reads rows looks at it. */
export async function writeHour(
  store: ReportStore,
  {
    label,
    rows,
    version,
  }: { readonly label: HourLabel; readonly rows: readonly ReportRow[]; readonly version: number },
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of REPORT_CODEC.encode('json', streamOf(rows))) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const key = reportKey(label, 'json');
  const start = Date.parse(`${hourName(label).replace(' ', 'T').replace('h', ':00:00Z')}`);
  const counted = {
    ...{ startsRead: 0, duplicates: 0, malformed: 0, starts: 0, executionStarts: 0, refused: 0, repeatedStarts: 0 },
  };
  const manifest = {
    ...{ schema: 1, ...label, timezone: 'UTC', format: 'json', sources: [], evidence: [], pending: [] },
    ...{ status: 'open', version, previous: null, collectedAt: '2026-11-03T09:00:00.000Z', generator: 'test' },
    window: { start: new Date(start).toISOString(), end: new Date(start + 3_600_000).toISOString() },
    report: { key, rows: rows.length, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ledger: createLedgerCounter(counted as never).ledger(),
  } as unknown as Manifest;
  await store.write(key, bytes, 'any');
  await store.write(manifestKey(label), Buffer.from(encodeManifest(manifest)), 'any');
}
