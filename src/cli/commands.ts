import type { Command } from '@commander-js/extra-typings';
import { addCollect, addDemo, addRescue, addSettle } from './collect/commands-collect.js';
import { addEvidence, addExport, addKeygen } from './handover/commands-handover.js';
import {
  addBill,
  addBudget,
  addExplain,
  addPeople,
  addQuery,
  addReport,
  addServe,
  addSql,
  addVerify,
} from './look/commands-explore.js';
import { addBackfill, addCompact, addDeploy, addDestroy, addDoctor } from './operate/commands-operate.js';
import type { Run } from './terminal/command-run.js';
import type { Io } from './terminal/io.js';

/** Adds every command, in the order of the help. What a command runs is loaded when it is called. */
export function addCommands(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Collect:');
  addDemo(program).action((options) => run(async () => (await import('./demo/demo.js')).runDemo(options, io)));
  addCollect(program).action((options) =>
    run(async () => (await import('./collect/collect.js')).runCollect(options, io)),
  );
  addSettle(program).action((output, options) =>
    run(async () => (await import('./collect/settle.js')).runSettle({ ...options, output }, io)),
  );
  addRescue(program).action((output, options) =>
    run(async () => (await import('./collect/rescue.js')).runRescue({ ...options, output }, io)),
  );
  program.commandsGroup('Prove and explore:');
  addVerify(program).action((output, options) =>
    run(async () => (await import('./verify/verify-command.js')).runVerifyCommand({ ...options, output }, io)),
  );
  addQuery(program).action((output, sql, options) =>
    run(async () =>
      (await import('./look/query.js')).runQuery({ ...options, output, ...(sql === undefined ? {} : { sql }) }, io),
    ),
  );
  addReport(program).action((output, options) =>
    run(async () => (await import('./look/report.js')).runReport({ ...options, output }, io)),
  );
  addPeople(program).action((output, options) =>
    run(async () => (await import('./look/people.js')).runPeople({ ...options, output }, io)),
  );
  addExplain(program).action((id, output, options) =>
    run(async () => (await import('./look/explain.js')).runExplain({ ...options, id, output }, io)),
  );
  addBill(program).action((output, options) =>
    run(async () => (await import('./money/bill.js')).runBill({ ...options, output }, io)),
  );
  addBudget(program).action((output, options) =>
    run(async () => (await import('./money/budget.js')).runBudget({ ...options, output }, io)),
  );
  addServe(program).action((output, options) =>
    run(async () => (await import('./look/serve.js')).runServe({ ...options, output }, io)),
  );
  addSql(program).action((file, options) =>
    run(async () => (await import('./look/sql.js')).runSqlCommand(file, options, io)),
  );
  program.commandsGroup('Hand over:');
  const evidence = addEvidence(program);
  evidence.action((output, options) =>
    run(async () => (await import('./handover/evidence.js')).runEvidence({ ...options, output }, io)),
  );
  addKeygen(evidence as unknown as Command).action((options) =>
    run(async () => (await import('./handover/keygen.js')).runKeygen(options, io)),
  );
  addExport(program).action((output, options) =>
    run(async () => (await import('./handover/export.js')).runExport({ ...options, output }, io)),
  );
  program.commandsGroup('Operate:');
  addDeploy(program).action((options) => run(async () => (await import('./operate/deploy.js')).runDeploy(options, io)));
  addDestroy(program).action((options) =>
    run(async () => (await import('./operate/destroy.js')).runDestroy(options, io)),
  );
  addDoctor(program).action((options) => run(async () => (await import('./operate/doctor.js')).runDoctor(options, io)));
  addBackfill(program).action((options) =>
    run(async () => (await import('./operate/backfill-remote.js')).runBackfillRemote(options, io)),
  );
  addCompact(program).action((output, options) =>
    run(async () => (await import('./operate/compact.js')).runCompact({ ...options, output }, io)),
  );
}
