import { recomputeHour } from '../../collect/hour/recompute-hour.js';
import { openInputsOf } from '../../compose/open-inputs.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { treeView } from '../../tree/tree-view.js';
import type { VerifyRequest } from '../../verify/checked.js';
import type { Io } from '../terminal/io.js';

/** Makes reports again, offline: from the evidence, and with the directory and prices that each was made with. */
export function createRecompute(
  store: ReportStore,
  { signal }: Pick<Io, 'signal'>,
): Required<Pick<VerifyRequest, 'recompute'>>['recompute'] {
  const opened = new Map<string, ReturnType<typeof openInputsOf>>();
  return async (tree, manifest) => {
    const view = treeView(store, tree);
    const key = `${tree} ${JSON.stringify(manifest.inputs)}`;
    const inputs = opened.get(key) ?? openInputsOf(view, manifest.inputs);
    opened.set(key, inputs);
    return recomputeHour({ ...(await inputs), store: view, codec: REPORT_CODEC, signal }, manifest);
  };
}
