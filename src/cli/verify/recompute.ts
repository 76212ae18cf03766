import { LIST_PRICES } from '../../athena/prices.js';
import { recomputeHour } from '../../collect/hour/recompute-hour.js';
import { openDirectory } from '../../compose/open-directory.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { treeView } from '../../tree/tree-view.js';
import type { VerifyRequest } from '../../verify/checked.js';
import type { Io } from '../terminal/io.js';

/** Makes reports again, offline: from the evidence, the directory and the prices that are kept with each tree. */
export function createRecompute(
  store: ReportStore,
  { env, signal }: Pick<Io, 'env' | 'signal'>,
): Required<Pick<VerifyRequest, 'recompute'>>['recompute'] {
  const directories = new Map<string, ReturnType<typeof openDirectory>>();
  return async (tree, manifest) => {
    const view = treeView(store, tree);
    const opened = directories.get(tree) ?? openDirectory(undefined, view, { env });
    directories.set(tree, opened);
    const inputs = { store: view, codec: REPORT_CODEC, directory: await opened, prices: LIST_PRICES, signal };
    return recomputeHour(inputs, manifest);
  };
}
