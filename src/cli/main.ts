import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { reportFailure } from './failure.js';
import { EXIT, type Io } from './io.js';
import { packageVersion } from './version.js';

/**
 * Runs one command line and returns its exit code. Commands are imported when they are called: `--help` loads neither the AWS
 * SDK nor DuckDB.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const run = async (command: () => Promise<number>) => {
    exitCode = await command();
  };
  const program = createProgram(io, run);
  try {
    if (args.length === 0) {
      io.stdout(GREETING);
      return EXIT.done;
    }
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its own message; help and version end with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(error, io);
  }
}

const GREETING = `aqt: who ran which Athena query, when, on what data, at what cost

  aqt demo                                       try it, no AWS account needed
  aqt collect --from 2026-11-01 --output out     collect a day into hourly reports
  aqt verify out                                 prove that nothing is missing
  aqt --help                                     all commands
`;

type Run = (command: () => Promise<number>) => Promise<void>;

function createProgram(io: Io, run: Run): Command {
  const program = new Command('aqt')
    .description('Who ran which Amazon Athena query, when, on what data, at what cost: complete, and provable.')
    .version(packageVersion(), '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError('(aqt <command> --help shows the options)')
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  addCollecting(program, io, run);
  addExploring(program, io, run);
  addOperating(program, io, run);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  return program;
}

function addCollecting(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Collect:');
  program
    .command('demo')
    .description('collect three days of a made-up company and show them; no AWS account needed')
    .option('--output <folder>', 'where to write the reports (default: a temporary folder)')
    .option('--days <number>', 'days to collect', positive, 3)
    .option('--seed <number>', 'which company: the same seed is the same company', positive, 7)
    .option('--format <format>', 'csv, json or parquet', 'csv')
    .option('--serve', 'open the dashboard afterwards')
    .action((options) => run(async () => (await import('./demo.js')).runDemo(options, io)));
  program
    .command('collect')
    .description('collect an hour, a day or a range into hourly reports')
    .option('--from <date>', 'first report day, YYYY-MM-DD')
    .option('--to <date>', 'last report day, inclusive (default: the first)')
    .option('--hour <hour>', 'only this hour of each day, 0-23', hourOfDay)
    .option('--output <root>', 'folder or s3://bucket[/prefix] to write to')
    .option('--format <format>', 'csv, json or parquet', 'csv')
    .option('--timezone <zone>', 'report time zone, an IANA name', 'America/New_York')
    .option('--region <region...>', 'AWS Region(s) (default: AWS_REGION, AWS_DEFAULT_REGION or the profile)')
    .option('--profile <name>', 'AWS profile')
    .addOption(new Option('--source <source>', 'where starts come from').choices(['lookup', 'trail']))
    .option('--trail <place>', 'CloudTrail log files: folder, file or s3://bucket/prefix (implies --source trail)')
    .option('--executions <place>', 'exported Athena executions, file or folder, instead of the Athena API')
    .option('--directory <file>', 'identity directory, YAML or JSON')
    .option('--quiet', 'no progress')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', COLLECT_EXAMPLES)
    .action((options) => run(async () => (await import('./collect.js')).runCollect(options, io)));
}

function addExploring(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Prove and explore:');
  program
    .command('verify')
    .description('recompute every report and check every ledger; exit 3 when anything is unexplained')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .action((output, options) => run(async () => (await import('./verify.js')).runVerify({ ...options, output }, io)));
  program
    .command('sql')
    .description('tables, fingerprint and tool of SQL texts: JSON lines {"sql"} or plain SQL, from a file or stdin')
    .argument('[file]', 'file to read (default: stdin)')
    .action((file) => run(async () => (await import('./sql.js')).runSqlCommand(file, io)));
}

function addOperating(_program: Command, _io: Io, _run: Run): void {}

const COLLECT_EXAMPLES = `
Examples:
  aqt collect --from 2026-11-01 --output s3://my-audit-bucket
  aqt collect --from 2026-11-01 --to 2026-11-07 --trail s3://my-trail-bucket/AWSLogs --output reports
  aqt collect --from 2021-01-01 --to 2021-12-31 --trail ./trail --executions executions.json --output reports
`;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed');
  return value;
}

function hourOfDay(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}$/.test(text) || value > 23) throw new InvalidArgumentError('an hour is 0 to 23');
  return value;
}
