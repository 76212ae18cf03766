import type { Command } from '@commander-js/extra-typings';
import { withFilters } from '../look/view-options.js';
import { OUTPUT, repeated, wholeNumber } from '../terminal/option-values.js';

export const addExport = (program: Command) =>
  withFilters(
    program
      .command('export')
      .description(
        'records for catalogues, SIEMs and FinOps tools: OpenLineage, OpenMetadata, DataHub, OCSF, FOCUS, ECS, OpenMetrics',
      )
      .argument(...OUTPUT)
      .requiredOption(
        '--to <consumer or date>',
        'openlineage, openmetadata, datahub, ocsf, focus, ecs or openmetrics; given again with a date: last report day',
        repeated,
      )
      .option('--from <date>', 'first report day (default: all)')
      .option('--file <path>', 'where to write (default: stdout)')
      .option(
        '--format <format>',
        'ocsf: "parquet" writes the partitions of Security Lake (OCSF 1.1.0) into --file, a folder or s3://',
      )
      .option('--url <url>', 'where to post instead: OpenLineage events one by one, others in batches')
      .option(
        '--header <file>',
        'with --url: a file of lines "Name: value", for secrets that must not stand in a command line',
      )
      .option('--remember <file>', 'remembers what was handed over: the same command again sends only what is new')
      .option('--mask [how]', 'literals of the SQL as ?, or, with "tokens", as tokens that equal values share')
      .option('--mask-key <file>', 'with --mask tokens: file of the key')
      .option('--no-sql', 'leave the SQL text out')
      .option('--min-confidence <level>', 'only persons who are at least verified, asserted or claimed', 'none')
      .option('--database-name <name>', 'openmetadata: what its service calls the catalog')
      .option('--lineage <how>', 'datahub: "given" sends our tables, "parsed" lets DataHub read the text', 'given')
      .option('--ocsf-version <version>', '1.8.0, or 1.1.0 for Security Lake', '1.8.0')
      .option('--profile <name>', 'AWS profile')
      .addHelpText('after', EXAMPLES),
  );

export const addEvidence = (program: Command) =>
  withFilters(
    program
      .command('evidence')
      // Both this command and its own have a --file.
      .enablePositionalOptions()
      .description(
        'a pack for an auditor: rows, completeness, proof and a sample with its CloudTrail events, in one signed file',
      )
      .argument(...OUTPUT)
      .option('--from <date>', 'first report day')
      .option('--to <date>', 'last report day')
      .option('--file <path>', 'the pack: a zip archive')
      .option('--key <key>', 'what signs it: a private key file, or a key of AWS KMS (ARN, alias/name or kms:id)')
      .option('--by <name>', 'who asks, as the pack tells it (default: your user name here)')
      .option('--sample <rows>', 'so many rows come with their evidence', wholeNumber, 25)
      .option('--seed <text>', 'what draws the sample (default: the head of the chain of seals)')
      .option('--at <instant>', 'when it was made, as the pack tells it (default: now): same arguments, same bytes')
      .option('--mask [how]', 'literals of the SQL as ?, or, with "tokens", as tokens that equal values share')
      .option('--mask-key <file>', 'with --mask tokens: file of the key')
      .option('--profile <name>', 'AWS profile')
      .addHelpText('after', EVIDENCE_EXAMPLES),
  );

/** Of `aqt evidence`. */
export const addKeygen = (evidence: Command) =>
  evidence
    .command('keygen')
    .description('make an Ed25519 key that signs packs')
    .option('--file <path>', 'where the private key goes, the public one beside it', 'aqt-evidence.pem');

const EVIDENCE_EXAMPLES = `
Examples:
  aqt evidence keygen --file audit.pem
  aqt evidence reports --from 2026-11-01 --to 2026-11-30 --reads customers.pii --file pack.zip --key audit.pem
  aqt verify --pack pack.zip --key audit.pub.pem

The pack opens in a browser (index.html) and is checked with openssl and sha256sum alone: it says how.
`;

const EXAMPLES = `
Examples:
  aqt export reports --to openlineage --from 2026-11-01 --to 2026-11-30 --file lineage.ndjson
  aqt export reports --to openlineage --url http://127.0.0.1:5000/api/v1/lineage --remember marquez.memory
  aqt export reports --to openmetadata --database-name awsdatacatalog --file query-log.csv
  aqt export reports --to ocsf --mask --file siem.ndjson
  aqt export reports --to ocsf --format parquet --file s3://aws-security-data-lake-us-east-1-example/ext --mask
  aqt export reports --to openmetrics --file aqt.prom

Rows that a consumer cannot take are counted on stderr, with the reason.
`;
