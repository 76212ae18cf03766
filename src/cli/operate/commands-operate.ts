import type { Command } from 'commander';
import type { Run } from '../terminal/command-run.js';
import type { Io } from '../terminal/io.js';

/** Adds the commands that deploy and tend. */
export function addOperating(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Operate:');
  addStackOptions(
    program
      .command('deploy')
      .description('put the tracker into your account, or update it; says first what it will create'),
  )
    .option('--bucket <name>', 'an existing report bucket (default: the stack makes one)')
    .option('--prefix <prefix>', 'prefix of the reports in the bucket')
    .option('--format <format>', 'csv, json or parquet')
    .option('--timezone <zone>', 'report time zone')
    .option('--schedule <expression>', 'when to run, for example "cron(0 1 * * ? *)"')
    .option('--schedule-timezone <zone>', 'time zone of the schedule')
    .option('--source <source>', 'lookup or trail')
    .option('--trail <place>', 's3://bucket/prefix of the CloudTrail log files')
    .option('--collect-region <region...>', 'Regions to collect')
    .option('--account-role <arn...>', 'collect other accounts, too, each by a role to assume there')
    .option('--external-id <id>', 'external id that these roles ask for')
    .option('--directory <place>', 's3:// location of the identity directory')
    .option('--alarm-email <address>', 'who hears of alarms')
    .option('--test-start-date <date>', 'first day of a back-fill (TEST_START_DATE)')
    .option('--test-end-date <date>', 'last day of a back-fill (TEST_END_DATE)')
    .option('--parameter <name=value...>', 'any other parameter of the template')
    .option('--artifact-bucket <name>', 'where the code is uploaded (default: a bucket of its own)')
    .option('--tag <key=value...>', 'tags of the stack and of everything in it')
    .option('--role-arn <arn>', 'role that CloudFormation takes to make the change')
    .option('--dry-run', 'say what would be created, with every IAM statement; change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable output')
    .action((options) => run(async () => (await import('./deploy.js')).runDeploy(options, io)));
  addStackOptions(program.command('destroy').description('delete the stack; the reports stay unless told otherwise'))
    .option('--delete-reports', 'also delete every report, for good')
    .option('--yes', 'do not ask')
    .action((options) => run(async () => (await import('./destroy.js')).runDestroy(options, io)));
  addStackOptions(
    program
      .command('doctor')
      .description('everything that collecting needs, checked in order, each finding with its fix'),
  )
    .option('--output <root>', 'reports to look at when there is no stack; a folder needs no credentials')
    .option(
      '--deep',
      'also the checks that cost something: Athena reads the table, Step Functions validates the definitions',
    )
    .option('--workgroup <name>', "workgroup for the deep check's query")
    .option('--json', 'machine-readable output')
    .action((options) => run(async () => (await import('./doctor.js')).runDoctor(options, io)));
  addStackOptions(
    program.command('backfill').description('let the deployed stack collect a range of days, and follow it'),
  )
    .option('--remote', 'in the account (the default; on this machine a range is `aqt collect --from --to`)')
    .option('--from <date>', 'first report day (required)')
    .option('--to <date>', 'last report day, inclusive (default: the first)')
    .option('--no-wait', 'start it and return')
    .option('--json', 'machine-readable output')
    .action(({ wait, ...options }) =>
      run(async () => (await import('./backfill-remote.js')).runBackfillRemote({ ...options, noWait: !wait }, io)),
    );
  program
    .command('compact')
    .description('merge closed days into one Parquet file a day, beside the hourly reports')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .action((output, options) =>
      run(async () => (await import('../look/compact.js')).runCompact({ ...options, output }, io)),
    );
}

function addStackOptions(command: Command): Command {
  return command
    .option('--stack <name>', 'name of the stack (default: athena-query-tracker)')
    .option('--region <region>', 'AWS Region')
    .option('--profile <name>', 'AWS profile');
}
