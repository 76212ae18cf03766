import type { Stack } from '@aws-sdk/client-cloudformation';
import { ExecutionStatus, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { changeFormat } from '../../collect/days/change-format.js';
import { openCollection } from '../../compose/open-collection.js';
import { NO_SOURCES } from '../../compose/open-sources.js';
import { UsageError } from '../../compose/usage-error.js';
import { outputsOf } from '../../operate/deploy/stack.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_FORMATS } from '../../record/manifest.js';
import type { Io } from '../terminal/io.js';
import { createProgress } from '../terminal/progress.js';
import { generator } from '../terminal/version.js';
import { openReports } from './deploy-checks.js';
import type { StackClients } from './stack-clients.js';

/** Reports that are to be written anew in the format that the stack gets. */
export interface Rewriting {
  /** Does it, or goes on with it; returns how many hours were written anew. */
  run(): Promise<number>;
  /** Names of runs of the stack that write now, in the format that they began with. */
  runsNow(): Promise<readonly string[]>;
}

/**
 * Plans it; null where there are no reports. While a day is collected nothing is begun: its functions may not remove what they would replace.
 * @throws UsageError when a day is collected now
 */
export async function planRewriting(change: Parameters<typeof openReports>[0], io: Io): Promise<Rewriting | null> {
  const { clients, stack, values } = change;
  const store = await openReports(change, io);
  const format = REPORT_FORMATS.find((known) => known === values.OutputType);
  if (!store || !format) return null;
  const runsNow = () => runsOf(clients, stack);
  const running = await runsNow();
  if (running.length > 0)
    throw new UsageError(
      `--rewrite: nothing was changed: ${running.join(', ')} is collected now; wait for its end (aqt doctor tells), then try again`,
    );
  io.stderr(
    `The reports at ${store.location} that are not ${format} are written anew, then the table changes. Until both are done Athena reads neither rightly; aqt query, report and serve do. A run that is stopped is gone on with by the same command.\n`,
  );
  return { run: () => rewrite(store, { format, profile: change.profile }, io), runsNow };
}

async function rewrite(
  store: ReportStore,
  { format, profile }: { readonly format: (typeof REPORT_FORMATS)[number]; readonly profile: string | undefined },
  io: Io,
): Promise<number> {
  const { progress, finish } = createProgress(io, { isQuiet: false });
  const nobody = {
    plan: { source: 'lookup', trail: null, executions: null },
    accounts: { includesOwn: false, roles: [] },
  } as const;
  const request = { store, profile, given: {}, regions: undefined, progress, generator: generator(), ...nobody };
  let hours = 0;
  try {
    const { collector } = await openCollection(request, io, async () => NO_SOURCES);
    for await (const _ of changeFormat(collector, format)) hours++;
  } finally {
    finish();
  }
  io.stderr(`${hours} hours were written anew as ${format}.\n`);
  return hours;
}

async function runsOf({ sfn }: StackClients, stack: Stack | null): Promise<readonly string[]> {
  const { DayMachineArn: stateMachineArn } = stack ? outputsOf(stack) : {};
  if (!stateMachineArn) return [];
  // Days run at the same time are few: a page has them all, and one is enough to know.
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: ExecutionStatus.RUNNING, maxResults: 100 }),
  );
  return executions.map(({ name = '' }) => name);
}
