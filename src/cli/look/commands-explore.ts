import type { Command } from 'commander';
import type { Run } from '../terminal/command-run.js';
import type { Io } from '../terminal/io.js';
import { positive } from '../terminal/option-values.js';
import { addViewOptions } from './view-options.js';

/** Adds the commands that prove and explore what was collected. */
export function addExploring(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Prove and explore:');
  program
    .command('verify')
    .description('recompute every report and check every ledger; exit 3 when anything is unexplained or found')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--hours', 'one line for each hour: expected, collected, explained, unexplained')
    .option('--recompute', 'make every report again from its evidence, offline, and compare the bytes')
    .option('--head <sha256>', 'a seal kept elsewhere: tells every hour that is no longer as it was then')
    .option('--accept <why>', 'keep that the present findings were looked at: they are told as accepted, with exit 0')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .addHelpText('after', VERIFY_EXIT)
    .action((output, options) =>
      run(async () => (await import('../verify/verify.js')).runVerify({ ...options, output }, io)),
    );
  addViewOptions(
    program
      .command('query')
      .description('SQL over the reports: views queries, hours, people, tables, table_access, place_days, closings, …')
      .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
      .argument('[sql]', 'a SELECT; without one, the queries that match the filters, or a prompt on a terminal')
      .option('--format <format>', 'table, vertical, csv, json, ndjson or parquet (default: table)')
      .option('--json', 'short for --format json')
      .option('--file <path>', 'where --format parquet is written')
      .option('--limit <rows>', 'at most so many rows', positive)
      .option('--profile <name>', 'AWS profile')
      .option('--offline', 'answer from the cache, look for no new reports'),
  ).action((output, sql, options) =>
    run(async () =>
      (await import('./query.js')).runQuery({ ...options, output, ...(sql === undefined ? {} : { sql }) }, io),
    ),
  );
  addViewOptions(
    program
      .command('report')
      .description('queries, people and money, summed by person, team, workgroup, table, day, cost centre, …')
      .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
      .option('--by <group>', REPORT_BY, 'person')
      .option('--top <lines>', 'lines before the rest is summed', positive)
      .option('--json', 'machine-readable output')
      .option('--csv', 'CSV')
      .option('--html <file>', 'one self-contained page; - is stdout')
      .option('--directory <file>', 'identity directory with the chargeback rules')
      .option('--profile <name>', 'AWS profile')
      .option('--offline', 'answer from the cache, look for no new reports'),
  ).action((output, options) => run(async () => (await import('./report.js')).runReport({ ...options, output }, io)));
  program
    .command('people')
    .description('persons with every name AWS knows them by; identities without one, and the directory line to add')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .action((output, options) => run(async () => (await import('./people.js')).runPeople({ ...options, output }, io)));
  program
    .command('explain')
    .description('how one row came to be: chain of credentials, evidence, cost arithmetic, rewrites')
    .argument('<id>', 'query execution id, or the event id of a refused start')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--day <date>', 'report day to look into first')
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .action((id, output, options) =>
      run(async () => (await import('./explain.js')).runExplain({ ...options, id, output }, io)),
    );
  program
    .command('bill')
    .description(
      'the reports against a bill (CUR 2.0, CUR, FOCUS), each difference with its reason; exit 3 for one without',
    )
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .requiredOption('--bill <path>', 'file, folder or s3://bucket/prefix of the bill: CSV, gzip or Parquet')
    .option('--by <day|hour>', 'compare by UTC day (default) or hour')
    .option('--write-prices <file>', 'write the prices file that the bill suggests')
    .option('--json', 'machine-readable')
    .option('--profile <name>', 'AWS profile')
    .action((output, options) => run(async () => (await import('./bill.js')).runBill({ ...options, output }, io)));
  program
    .command('serve')
    .description('the dashboard, on loopback')
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .option('--port <port>', 'default 4480, or the next free one', Number)
    .option('--open', 'open the browser')
    .option('--auditor', 'mask literals in SQL for everybody and close the console')
    .option('--sensitive <pattern...>', 'names of tables whose readers are pointed out (default: *pii*)')
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--profile <name>', 'AWS profile')
    .action((output, options) => run(async () => (await import('./serve.js')).runServe({ ...options, output }, io)));
  program
    .command('sql')
    .description('tables, fingerprint and tool of SQL texts: JSON lines {"sql"} or plain SQL, from a file or stdin')
    .argument('[file]', 'file to read (default: stdin)')
    .option('--prepared <file>', 'PREPARE statements, or JSON lines {"name", "sql"}: what EXECUTE names')
    .option('--directory <file>', 'identity directory, for the comments that it teaches')
    .option('--views <file>', 'CREATE VIEW statements, or JSON lines {"name", "sql"}: what lies behind views')
    .action((file, options) => run(async () => (await import('./sql.js')).runSqlCommand(file, options, io)));
}

const REPORT_BY =
  'person, team, workgroup, table, app, fingerprint, day, cost-center (needs --directory), username, client, database, ' +
  'account, region, type, state, error, kind, method, role or ip';

const VERIFY_EXIT = `
Exit 0: every hour is proven, nothing is unexplained, and every finding was accepted.
Exit 3: something is unexplained (a report, manifest, hour or seal that is changed, missing or added), or there is a finding
        that nobody accepted: queries that Athena ran and CloudTrail never showed, workgroups that could not be listed, records
        that could not be read, accounts or Regions that were not read, evidence that is gone. --accept takes findings, and a
        broken chain of seals, never a damaged hour. A finding that goes away by itself (a late event, aqt settle) needs none.
`;
