import type { DashboardContext, SealChain } from '../../dashboard/server/context.js';
import type { FileChangesFacts } from '../../findings/facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readChain } from '../../tree/chain/chain.js';
import { fileChangesFacts, readFileChanges } from '../../tree/files/file-changes.js';

/** Reads for the Audit page what lies beside the reports of each tree. */
export function proofOf(store: ReportStore): Pick<DashboardContext, 'chains' | 'fileChanges'> {
  return {
    async chains(trees) {
      const chains: Record<string, SealChain> = {};
      for (const tree of trees) {
        const { length, head, faults } = await readChain(store, tree);
        chains[tree] = { length, head, faults };
      }
      return chains;
    },
    async fileChanges(trees) {
      const changes: Record<string, readonly FileChangesFacts[]> = {};
      for (const tree of trees) {
        const noted = await readFileChanges(store, tree);
        changes[tree] = fileChangesFacts(noted.changes, { from: null, to: null });
      }
      return changes;
    },
  };
}
