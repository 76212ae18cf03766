import { openStore } from '../../compose/open-store.js';
import { UsageError } from '../../compose/usage-error.js';
import type { ReportStore } from '../../ports/report-store.js';
import { hasTree } from '../../tree/has-tree.js';
import type { Io } from '../terminal/io.js';

/**
 * Opens a place that holds reports, to read them.
 * @throws UsageError when it holds none, the same for every command
 */
export async function openTree(
  { output, profile }: { readonly output: string; readonly profile?: string | undefined },
  io: Io,
): Promise<ReportStore> {
  const store = await openStore(output, { ...io, profile });
  if (!(await hasTree(store))) throw new UsageError(noReports(output));
  return store;
}

export function noReports(output: string): string {
  return `there are no reports in ${output}: collect some (aqt collect --from <day> --output ${output}), or see aqt demo`;
}
