import { reportDay } from '../../calendar/report-day.js';
import { openEnrichment } from '../../collect/hour/open-enrichment.js';
import { openInputs } from '../../compose/open-inputs.js';
import { asStarted } from '../../findings/as-started.js';
import { type Explanation, explain } from '../../inspect/explain.js';
import { findRow } from '../../inspect/find-row.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import type { addExplain } from './commands-explore.js';
import { explanationText } from './explain-text.js';
import { openTree } from './open-tree.js';

export type ExplainArguments = OptionsOf<typeof addExplain> & TreeArgument & { readonly id: string };

/** `aqt explain`: how one row came to be. Exit 1 when nothing is known of the id. */
export async function runExplain(options: ExplainArguments, io: Io): Promise<number> {
  const { id, output, day } = options;
  // Throws when there is no such day.
  if (day !== undefined) reportDay(day, 'UTC');
  const store = await openTree(options, io);
  const place = await findRow({ store, id: id.trim(), ...(day ? { day } : {}), signal: io.signal });
  if (!place) throw new Error(unknownId(id, output));
  const aws = { ...io, profile: options.profile };
  const inputs = await openInputs({ directory: options.directory }, place.store, aws);
  const enrichment = await openEnrichment({ store: place.store, ...inputs }, place.hour.reportDate, {
    hours: [place.hour.hour],
  });
  const explanation = await explain({ place, enrichment, codec: REPORT_CODEC, now: io.clock.now() });
  if (!explanation) throw new Error(withoutRow(id, output));
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(explanation), null, 2)}\n`);
  else io.stdout(asStarted(explanationText(explanation, io), io.program));
  return EXIT.done;
}

function unknownId(id: string, output: string): string {
  return `no evidence in ${output} names ${id}: give a query execution id, or the event id of a refused start; if it ran on a day that is not collected, collect it (aqt collect --from <day> --output ${output})`;
}

function withoutRow(id: string, output: string): string {
  return `${id} was listed by Athena and has no row yet: Athena has not told what it was; run aqt settle ${output}`;
}

function jsonOf(explanation: Explanation) {
  const { tree, reportDate, hour, timezone, row, resolution, starts, startConflict, cost, text, report } = explanation;
  return {
    schema_version: 1,
    tree,
    report_date: reportDate,
    hour,
    timezone,
    row,
    resolution,
    starts: starts.map(({ start, resolution: who }) => ({
      event_id: start.eventId,
      event_time: start.eventTime,
      principal_arn: start.principal.arn ?? start.principal.principalId,
      source_ip: start.sourceIp,
      person: who.person,
      method: who.method,
      confidence: who.confidence,
    })),
    start_conflict: startConflict,
    cost: cost && { cost_usd: cost.costUsd, billed_bytes: cost.billedBytes, basis: cost.basis, steps: cost.steps },
    text: { status: text.status, source: text.source, observed_at: text.observedAt },
    report: report && {
      key: report.key,
      manifest: report.manifestKey,
      version: report.version,
      status: report.status,
      pending: report.isPending,
      changes: report.changes,
      stale: report.stale,
    },
  };
}
