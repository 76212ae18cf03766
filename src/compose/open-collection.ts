import type { Collector } from '../collect/collector.js';
import type { ReportStore } from '../ports/report-store.js';
import type { ReportRow } from '../record/columns.js';
import { REPORT_CODEC } from '../storage/report-codec.js';
import type { Machine } from './machine.js';
import { type GivenInputs, openInputs } from './open-inputs.js';
import { type OpenedSources, openSources, type SourcesRequest } from './open-sources.js';

export interface CollectionRequest extends SourcesRequest {
  readonly given: GivenInputs;
  readonly store: ReportStore;
  /** Name and version of this program. */
  readonly generator: string;
  readonly onRow?: (row: ReportRow) => void;
}

/** A tree and everything to write it with. */
export interface Collection {
  readonly collector: Collector;
  readonly sources: OpenedSources;
}

/**
 * Puts together what writes reports, for commands and functions alike. `open` opens the sources, by default as the request says.
 * @throws UsageError, DirectoryError, PricesError, InputsLost
 */
export async function openCollection(
  request: CollectionRequest,
  machine: Machine,
  open: (request: SourcesRequest, machine: Machine) => Promise<OpenedSources> = openSources,
): Promise<Collection> {
  const { store, profile, given, generator, progress, onRow } = request;
  const { env, clock, signal } = machine;
  const aws = { env, profile };
  const { keep, ...inputs } = await openInputs(given, store, aws);
  const sources = await open(request, machine);
  await keep();
  const { executions } = sources;
  const work = { store, clock, signal, progress, generator, codec: REPORT_CODEC, executions };
  return { sources, collector: { ...work, ...inputs, ...(onRow ? { onRow } : {}) } };
}
