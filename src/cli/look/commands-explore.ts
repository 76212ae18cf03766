import type { Command } from '@commander-js/extra-typings';
import { byteSize, OUTPUT, positive } from '../terminal/option-values.js';
import { withView } from './view-options.js';

export const addVerify = (program: Command) =>
  program
    .command('verify')
    .description('recompute every report and check every ledger; exit 3 when anything is unexplained or found')
    .argument('[output]', OUTPUT[1])
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--pack <file>', 'check a pack of aqt evidence instead, offline')
    .option('--key <file>', 'with --pack: the public key that you were given')
    .option('--hours', 'one line for each hour: expected, collected, explained, unexplained')
    .option('--recompute', 'make every report again from its evidence, offline, and compare the bytes')
    .option('--head <sha256>', 'hash of a seal that was kept elsewhere: lists every hour that has changed since')
    .option(
      '--accept <why>',
      'record why the present findings are in order: they are listed as accepted from then on, and exit is 0',
    )
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output')
    .addHelpText('after', VERIFY_EXIT);

export const addQuery = (program: Command) =>
  withView(
    program
      .command('query')
      .description('SQL over the reports: views queries, hours, people, tables, table_access, place_days, closings, …')
      .argument(...OUTPUT)
      .argument('[sql]', 'a SELECT; without one, the queries that match the filters, or a prompt on a terminal')
      .option('--format <format>', 'table, vertical, csv, json, ndjson or parquet (default: table)')
      .option('--json', 'short for --format json')
      .option('--file <path>', 'where --format parquet is written')
      .option('--mask [how]', 'literals of the SQL as ?, or, with "tokens", as tokens that equal values share')
      .option('--mask-key <file>', 'with --mask tokens: file of the key')
      .option('--limit <rows>', 'at most this many rows', positive)
      .option('--engine <name>', ENGINE)
      .option('--stack <name>', STACK)
      .option('--stack-region <region>', STACK_REGION)
      .option('--profile <name>', 'AWS profile')
      .option('--offline', 'answer from the cache, look for no new reports'),
  );

export const addReport = (program: Command) =>
  withView(
    program
      .command('report')
      .description('queries, people and money, summed by person, team, workgroup, table, day, cost centre, …')
      .argument(...OUTPUT)
      .option('--by <group>', REPORT_BY, 'person')
      .option('--top <lines>', 'lines to show; the rest is summed in one', positive)
      .option('--json', 'machine-readable output')
      .option('--csv', 'CSV')
      .option('--html <file>', 'one self-contained page; - is stdout')
      .option(
        '--mask [how]',
        'literals of the SQL on the page as ?, or, with "tokens", as tokens that equal values share',
      )
      .option('--mask-key <file>', 'with --mask tokens: file of the key')
      .option('--directory <file>', 'identity directory with the chargeback rules')
      .option('--engine <name>', ENGINE)
      .option('--stack <name>', STACK)
      .option('--stack-region <region>', STACK_REGION)
      .option('--profile <name>', 'AWS profile')
      .option('--offline', 'answer from the cache, look for no new reports'),
  );

export const addPeople = (program: Command) =>
  program
    .command('people')
    .description(
      'people, with every name AWS knows them by; sessions without a known person, and the directory line that would name it',
    )
    .argument(...OUTPUT)
    .option('--from <date>', 'first report day')
    .option('--to <date>', 'last report day')
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output');

export const addExplain = (program: Command) =>
  program
    .command('explain')
    .description('how one row came to be: chain of credentials, evidence, cost arithmetic, rewrites')
    .argument('<id>', 'query execution id, or the event id of a refused start')
    .argument(...OUTPUT)
    .option('--day <date>', 'report day to look into first')
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output');

export const addBill = (program: Command) =>
  program
    .command('bill')
    .description(
      'compare the reports with an AWS bill (CUR 2.0, CUR, FOCUS), with the reason for each difference; exit 3 when one has none',
    )
    .argument(...OUTPUT)
    .requiredOption('--bill <path>', 'file, folder or s3://bucket/prefix of the bill: CSV, gzip or Parquet')
    .option('--by <day|hour>', 'compare by UTC day (default) or hour')
    .option('--write-prices <file>', 'write the prices file that the bill suggests')
    .option('--json', 'machine-readable output')
    .option('--profile <name>', 'AWS profile');

export const addBudget = (program: Command) =>
  program
    .command('budget')
    .description('what may be spent in a month, kept with the reports; the dashboard shows the month against it')
    .argument(...OUTPUT)
    .option('--month <usd>', 'US dollars a calendar month; without it, what is kept')
    .option('--workgroup <name>', 'of this workgroup, instead of everything')
    .option('--remove', 'keep none any more')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'machine-readable output');

export const addServe = (program: Command) =>
  program
    .command('serve')
    .description('the dashboard, on loopback')
    .argument(...OUTPUT)
    .option('--port <port>', 'default 4480, or the next free one', Number)
    .option('--open', 'open the browser')
    .option('--auditor', 'mask literals in SQL for everybody, in the console, too')
    .option('--key <key>', 'signs packs of evidence: a private key file, or a key of AWS KMS')
    .option('--metrics', 'answer GET /metrics in the form of OpenMetrics, to this computer, without a session')
    .option('--bill <path...>', 'bills of AWS to compare with on the Cost page: files, folders or s3://bucket/prefix')
    .option('--sensitive <pattern...>', 'patterns of table names whose readers are highlighted (default: *pii*)')
    .option(
      '--cache-limit <size>',
      'what the cache may take (default: 2GB): older days are left out, and the page says which',
      byteSize,
    )
    .option('--directory <file>', 'identity directory (default: the one that the reports were collected with)')
    .option('--views <file>', 'file of the saved views (default: one in the folder of your own settings)')
    .option('--profile <name>', 'AWS profile');

export const addSql = (program: Command) =>
  program
    .command('sql')
    .description('tables, fingerprint and tool of SQL texts: JSON lines {"sql"} or plain SQL, from a file or stdin')
    .argument('[file]', 'file to read (default: stdin)')
    .option('--prepared <file>', 'PREPARE statements, or JSON lines {"name", "sql"}: what EXECUTE names')
    .option('--directory <file>', 'identity directory: its rules for comments in SQL')
    .option('--views <file>', 'CREATE VIEW statements, or JSON lines {"name", "sql"}: what lies behind views');

const ENGINE =
  'duckdb: a cache on this machine (default); athena: the deployed table, which costs what it scans, told before and after';
const STACK = 'with --engine athena: name of the stack (default: athena-query-tracker)';
const STACK_REGION = 'with --engine athena: its Region (default: AWS_REGION, or that of the profile)';

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
