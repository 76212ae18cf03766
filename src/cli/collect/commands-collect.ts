import type { Command, OptionValues } from '@commander-js/extra-typings';
import { hourOfDay, OUTPUT, positive } from '../terminal/option-values.js';

export const addDemo = (program: Command) =>
  program
    .command('demo')
    .description('collect two weeks of a made-up company, with something to find, and show them; no AWS account needed')
    .option('--output <folder>', 'where to write the reports (default: a temporary folder)')
    .option('--days <number>', 'days to collect; with 14 or more there is something to find', positive, 14)
    .option('--seed <number>', 'which company: the same seed is the same company', positive, 7)
    .option('--format <format>', 'csv, json or parquet', 'csv')
    .option('--serve', 'open the dashboard afterwards');

export const addCollect = (program: Command) =>
  withSources(
    program
      .command('collect')
      .description('collect an hour, a day or a range into hourly reports')
      .option('--from <date>', 'first report day, YYYY-MM-DD (required)')
      .option('--to <date>', 'last report day, inclusive (default: the first)')
      .option('--hour <hour>', 'only this hour of each day, 0-23', hourOfDay)
      .option('--output <root>', 'folder or s3://bucket[/prefix] to write to (required)')
      .option('--format <format>', 'csv, json or parquet', 'csv')
      .option(
        '--timezone <zone>',
        'report time zone, an IANA name (default: that of the tree, America/New_York for a new one)',
      )
      .option(
        '--link-region <region...>',
        'more Regions in which your people assume roles (us-east-1 is always included)',
      )
      .option('--validate-digests', 'with --trail: prove first that the log files are those that CloudTrail delivered'),
  ).addHelpText('after', COLLECT_EXAMPLES);

export const addSettle = (program: Command) =>
  withSources(
    program
      .command('settle')
      .description('read late events again and revisit every hour that is not final; say what changed and what is open')
      .argument(...OUTPUT)
      .option(
        '--deep',
        'read the last 31 days again (by itself: once a week, and while log files of them could not be read; else the last 48 hours)',
      )
      .option('--no-scan', 'only revisit open hours')
      .option('--format <format>', 'write every hour that has another format anew in this one: csv, json or parquet')
      .option('--mend', 'check every report byte for byte, and write anew from the evidence what is damaged or gone'),
  );

export const addRescue = (program: Command) =>
  withSources(
    program
      .command('rescue')
      .description('say how old the SQL texts are that are not saved yet, then fetch them, oldest first')
      .argument(...OUTPUT),
  );

/** Where evidence comes from, and what rows are made with: the same for every command that writes hours. */
const withSources = <Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) =>
  command
    .option(
      '--region <region...>',
      'AWS Region(s), or all that are enabled: all (default: AWS_REGION, AWS_DEFAULT_REGION or the profile)',
    )
    .option('--profile <name>', 'AWS profile')
    .option('--account-role <arn...>', 'read other accounts, too, each by a role to assume there')
    .option('--external-id <id>', 'external id that these roles ask for')
    .option('--accounts <file>', 'YAML list of accounts: role, externalId, regions')
    .option('--no-own-account', 'read only the accounts of --account-role and --accounts')
    .option('--system-table <workgroup>', "ask Athena's system table, too, with queries in this workgroup")
    .option('--no-catalog', 'do not ask Glue what tables are: views are named, not what is behind them')
    .option('--source <source>', 'where starts come from: lookup or trail')
    .option('--trail <place>', 'CloudTrail log files: folder, file or s3://bucket/prefix (implies --source trail)')
    .option(
      '--jobs <number>',
      'threads that read log files (default: one for each core, where it is worth it)',
      positive,
    )
    .option('--executions <place>', 'exported Athena executions, file or folder, instead of the Athena API')
    .option('--directory <file>', 'identity directory, YAML or JSON (default: the one kept from the last time)')
    .option(
      '--prices <file>',
      'prices by Region and day, discounts, the TB: YAML or JSON (default: the one kept from the last time)',
    )
    .option('--quiet', 'no progress')
    .option('--json', 'machine-readable output');

const COLLECT_EXAMPLES = `
Examples:
  aqt collect --from 2026-11-01 --output s3://my-audit-bucket
  aqt collect --from 2026-11-01 --to 2026-11-07 --trail s3://my-trail-bucket/AWSLogs --output reports
  aqt collect --from 2026-11-01 --output reports --region us-east-1 eu-west-1 \\
      --account-role arn:aws:iam::111122223333:role/athena-query-tracker --external-id our-secret
  aqt collect --from 2021-01-01 --to 2021-12-31 --trail ./trail --executions executions.json --output reports
`;
