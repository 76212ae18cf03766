import type { Command } from 'commander';
import type { Run } from '../terminal/command-run.js';
import type { Io } from '../terminal/io.js';
import { repeated } from '../terminal/option-values.js';

/** Adds the commands that hand over to others. */
export function addHandingOver(program: Command, io: Io, run: Run): void {
  program.commandsGroup('Hand over:');
  program
    .command('export')
    .description(
      'records for catalogues, SIEMs and FinOps tools: OpenLineage, OpenMetadata, DataHub, OCSF, FOCUS, ECS, OpenMetrics',
    )
    .argument('<output>', 'folder or s3://bucket[/prefix] of the reports')
    .requiredOption(
      '--to <consumer or date>',
      'openlineage, openmetadata, datahub, ocsf, focus, ecs or openmetrics; given again with a date: last report day',
      repeated,
    )
    .option('--from <date>', 'first report day (default: all)')
    .option('--file <path>', 'where to write (default: stdout)')
    .option('--url <url>', 'where to post instead: OpenLineage events one by one, others in batches')
    .option(
      '--header <file>',
      'with --url: a file of lines "Name: value", for secrets that must not stand in a command line',
    )
    .option('--state <file>', 'remembers what was handed over: the same command again sends only what is new')
    .option('--mask [how]', 'literals of the SQL as ?, or, with "tokens", as tokens that equal values share')
    .option('--mask-key <file>', 'with --mask tokens: file of the key')
    .option('--no-sql', 'leave the SQL text out')
    .option('--min-confidence <level>', 'persons no less sure than verified, asserted or claimed', 'none')
    .option('--database-name <name>', 'openmetadata: what its service calls the catalog')
    .option('--lineage <how>', 'datahub: "given" sends our tables, "parsed" lets DataHub read the text', 'given')
    .option('--ocsf-version <version>', '1.8.0, or 1.1.0 for Security Lake', '1.8.0')
    .option('--profile <name>', 'AWS profile')
    .addHelpText('after', EXAMPLES)
    .action((output, options) => run(async () => (await import('./export.js')).runExport({ ...options, output }, io)));
}

const EXAMPLES = `
Examples:
  aqt export reports --to openlineage --from 2026-11-01 --to 2026-11-30 --file lineage.ndjson
  aqt export reports --to openlineage --url http://127.0.0.1:5000/api/v1/lineage --state marquez.state
  aqt export reports --to openmetadata --database-name awsdatacatalog --file query-log.csv
  aqt export reports --to ocsf --mask --file siem.ndjson
  aqt export reports --to openmetrics --file aqt.prom

Rows that a consumer cannot take are counted on stderr, with the reason.
`;
