import type { Command, OptionValues } from '@commander-js/extra-typings';
import { OUTPUT } from '../terminal/option-values.js';

export const addDeploy = (program: Command) =>
  withStack(
    program
      .command('deploy')
      .description('put the tracker into your account, or update it; says first what it will create'),
  )
    .option('--bucket <name>', 'an existing report bucket (default: the stack makes one)')
    .option('--prefix <prefix>', 'prefix of the reports in the bucket')
    .option('--format <format>', 'csv, json or parquet')
    .option('--rewrite', 'write reports that have another format anew before the table changes')
    .option('--timezone <zone>', 'report time zone')
    .option('--schedule <expression>', 'when to run, for example "cron(0 1 * * ? *)"')
    .option('--schedule-timezone <zone>', 'time zone of the schedule')
    .option('--source <source>', 'lookup or trail')
    .option('--trail <place>', 's3://bucket/prefix of the CloudTrail log files')
    .option('--collect-region <region...>', 'Regions to collect')
    .option('--account-role <arn...>', 'collect other accounts, too, each by a role to assume there')
    .option('--external-id <id>', 'external id that these roles ask for')
    .option('--directory <place>', 's3:// location of the identity directory')
    .option('--prices <place>', 's3:// location of the prices file')
    .option('--feeds <consumer...>', 'hand over after each close: openlineage, ocsf, securitylake, …')
    .option('--feed-location <place>', 's3://bucket/prefix for them (default: feeds/ beside the reports)')
    .option('--feed-sql <how>', 'masked (default), full or none')
    .option('--alarm-email <address>', 'e-mail address that gets the alarms')
    .option('--test-start-date <date>', 'first day of a back-fill (TEST_START_DATE)')
    .option('--test-end-date <date>', 'last day of a back-fill (TEST_END_DATE)')
    .option('--parameter <name=value...>', 'any other parameter of the template')
    .option('--artifact-bucket <name>', 'where the code is uploaded (default: a bucket of its own)')
    .option('--tag <key=value...>', 'tags of the stack and of everything in it')
    .option('--role-arn <arn>', 'role that CloudFormation takes to make the change')
    .option('--dry-run', 'say what would be created, with every IAM statement; change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable output');

export const addDestroy = (program: Command) =>
  withStack(program.command('destroy').description('delete the stack; the reports stay unless told otherwise'))
    .option('--delete-reports', 'also delete every report, for good')
    .option('--yes', 'do not ask');

export const addDoctor = (program: Command) =>
  withStack(
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
    .option('--json', 'machine-readable output');

export const addBackfill = (program: Command) =>
  withStack(program.command('backfill').description('let the deployed stack collect a range of days, and follow it'))
    .option('--remote', 'in the account (the default; on this machine a range is `aqt collect --from --to`)')
    .option('--from <date>', 'first report day (required)')
    .option('--to <date>', 'last report day, inclusive (default: the first)')
    .option('--no-wait', 'start it and return')
    .option('--json', 'machine-readable output');

export const addCompact = (program: Command) =>
  program
    .command('compact')
    .description('merge closed days into one Parquet file a day, beside the hourly reports')
    .argument(...OUTPUT)
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output');

const withStack = <Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) =>
  command
    .option('--stack <name>', 'name of the stack (default: athena-query-tracker)')
    .option('--region <region>', 'AWS Region')
    .option('--profile <name>', 'AWS profile');
