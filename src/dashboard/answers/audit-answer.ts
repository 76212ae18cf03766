import { auditSummary } from '../../analytics/audit/audit.js';
import { auditFindings } from '../../analytics/audit/audit-findings.js';
import { asStarted } from '../../findings/as-started.js';
import { rowsHeld } from '../rows/need-rows.js';
import { remembered } from '../server/live-cache.js';
import { acceptCommand, collectAgain, withCommands } from './next-commands.js';
import type { Question } from './question.js';

/** Rows that scanned bytes and name no table, by reason. */
interface UnnamedTables {
  readonly reason: string;
  readonly queries: number;
  readonly bytes: number;
}

/** The proof: every hour, what is wrong, the ledger, the chains. It speaks of all that is collected, as far as its rows are here. */
export async function auditAnswer({ context, run, snapshot }: Question) {
  const { trees } = snapshot.coverage;
  const fileChanges = await context.fileChanges(trees);
  // It is the same for every view of a generation.
  const { findings, unnamed, summary } = await remembered(
    snapshot,
    `audit ${JSON.stringify(fileChanges)}`,
    async () => {
      const [findings, unnamed, summary] = await Promise.all([
        auditFindings(run, snapshot.hours, fileChanges),
        run<UnnamedTables>(
          'SELECT reason, queries, data_scanned_bytes AS bytes FROM unnamed_tables ORDER BY queries DESC, reason',
        ),
        auditSummary(run),
      ]);
      return { findings, unnamed, summary };
    },
  );
  return {
    hours: snapshot.hours,
    /** What is collected and in nothing of this; null where all is. */
    left: rowsHeld(snapshot)?.left ?? null,
    coverage: snapshot.coverage,
    findings: findings.map((finding) => ({
      ...finding,
      explanation: asStarted(finding.explanation, context.program),
      details: finding.details.map((text) => asStarted(text, context.program)),
      command: finding.again && finding.accepted === null ? collectAgain(context, finding.again) : null,
    })),
    accept: acceptCommand(context),
    chains: await remembered(snapshot, 'chains', () => context.chains(trees)),
    unnamed,
    ...summary,
  };
}

/** Accounts and Regions, each with the command that would make it complete. */
export async function placesAnswer({ context, snapshot }: Question) {
  return { places: withCommands(snapshot.places, context) };
}
