import { auditSummary } from '../../analytics/audit/audit.js';
import { auditFindings } from '../../analytics/audit/audit-findings.js';
import { acceptCommand, collectAgain, withCommands } from './next-commands.js';
import type { Question } from './question.js';

/** The proof: every hour, what is wrong, the ledger, the chains. It always speaks of all that is collected. */
export async function auditAnswer({ context, run, snapshot }: Question) {
  return {
    hours: snapshot.hours,
    coverage: snapshot.coverage,
    findings: (await auditFindings(run, snapshot.hours)).map((finding) => ({
      ...finding,
      command: finding.again && finding.accepted === null ? collectAgain(context, finding.again) : null,
    })),
    accept: acceptCommand(context),
    chains: await context.chains(snapshot.coverage.trees),
    /** Rows that scanned bytes and name no table, by reason. */
    unnamed: await run<{ reason: string; queries: number; bytes: number }>(
      'SELECT reason, queries, data_scanned_bytes AS bytes FROM unnamed_tables ORDER BY queries DESC, reason',
    ),
    ...(await auditSummary(run)),
  };
}

/** Accounts and Regions, each with the command that would make it complete. */
export async function placesAnswer({ context, snapshot }: Question) {
  return { places: withCommands(snapshot.places, context) };
}
