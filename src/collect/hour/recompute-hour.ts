import { createHash } from 'node:crypto';
import { reportDay } from '../../calendar/report-day.js';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { pinnedEvidence } from '../../tree/evidence/evidence-view.js';
import { createOverlay } from '../../tree/overlay.js';
import type { RowInputs } from '../collector.js';
import { prepareRows } from './hour-rows.js';
import { openEnrichment } from './open-enrichment.js';

/**
 * Makes an hour's report again from exactly the evidence that its manifest names, offline, and gives the hash of its bytes. The
 * tree stays as it is: what is put aside on the way stays in memory.
 * @throws EvidenceGone where a part is gone; DamagedWorkingFile where one is not what its name says
 */
export async function recomputeHour(
  inputs: RowInputs & { readonly store: ReportStore; readonly codec: ReportCodec; readonly signal?: AbortSignal },
  manifest: Manifest,
): Promise<{ readonly sha256: string; readonly lacksDefinitions: boolean }> {
  const { codec, signal } = inputs;
  const { reportDate, timezone, format } = manifest;
  const hour = reportDay(reportDate, timezone).hours.find((one) => one.hour === manifest.hour);
  if (!hour) throw new Error(`${reportDate} has no hour ${manifest.hour} in ${timezone}`);
  const store = createOverlay(inputs.store);
  const view = pinnedEvidence(store, manifest.evidence);
  const enrichment = await openEnrichment({ ...inputs, store }, reportDate, { pinned: view, hours: [hour.hour] });
  const collector = {
    ...inputs,
    store,
    clock: { now: () => Date.parse(manifest.collectedAt), sleep: async () => {} },
    executions: () => null,
    progress: () => {},
    generator: manifest.generator,
  };
  const plan = await prepareRows(collector, { hour, timezone, enrichment, view });
  try {
    const hash = createHash('sha256');
    for await (const chunk of codec.encode(format, plan.rows())) {
      signal?.throwIfAborted();
      hash.update(chunk);
    }
    return { sha256: hash.digest('hex'), lacksDefinitions: plan.hasNewDefinitions };
  } finally {
    await plan.close();
  }
}
