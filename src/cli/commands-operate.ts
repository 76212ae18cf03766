import type { Command } from 'commander';
import type { Run } from './command-run.js';
import type { Io } from './io.js';

/** Adds the commands that deploy and tend. */
export function addOperating(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Operate:');
  program
    .command('compact')
    .description('merge closed days into one Parquet file a day, beside the hourly reports')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .action((output, options) =>
      run(async () => (await import('./compact.js')).runCompact({ ...options, output }, io)),
    );
}
