import { arnOf, hostEndingOf } from '../../athena/partition.js';
import type { ReportRow } from '../../record/columns.js';
import { compact, type HandedRow, instantText, type RowFeed, SKIPPED } from './feed.js';
import { facet } from './openlineage-facet.js';
import { readTablePlace } from './table-place.js';

/** The specification that every line follows. */
const SCHEMA_URL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

const EVENT_OF = new Map([
  ['SUCCEEDED', 'COMPLETE'],
  ['FAILED', 'FAIL'],
  ['CANCELLED', 'ABORT'],
]);

/**
 * OpenLineage run events: a START at submission and, when it has ended, one terminal event. Runs gather under a job of the
 * workgroup and the fingerprint. The account stands in the tables' Glue ARNs alone, so two accounts' tables stay apart.
 */
export function createOpenLineageFeed(options: { readonly producer: string }): RowFeed {
  return {
    header: null,
    contentType: 'application/json',
    extension: 'ndjson',
    encode: (row) => encode(row, options.producer),
  };
}

function encode(row: ReportRow, producer: string): HandedRow {
  const { query_execution_id: runId, state } = row;
  if (runId === null || state === 'REFUSED') return { skipped: SKIPPED.refused };
  const terminal = EVENT_OF.get(state);
  if (terminal === undefined && state !== 'RUNNING' && state !== 'QUEUED') return { skipped: SKIPPED.noState };
  const event = (eventType: string, at: number) =>
    JSON.stringify({
      eventType,
      eventTime: instantText(at),
      producer,
      schemaURL: SCHEMA_URL,
      run: { runId, facets: runFacets(row, runId, { producer, isTerminal: eventType === terminal }) },
      job: { namespace: namespaceOf(row), name: jobName(row), facets: jobFacets(row, producer) },
      inputs: inputsOf(row, producer),
      outputs: outputsOf(row, producer),
    });
  const lines = [event('START', row.start_time)];
  if (terminal !== undefined && row.end_time !== null) lines.push(event(terminal, row.end_time));
  return { lines };
}

function namespaceOf({ region }: ReportRow): string {
  return `awsathena://athena.${region}.${hostEndingOf(region)}`;
}

/** The same for every run of a query; a text that nobody knows gets a job of its own workgroup. */
function jobName({ workgroup, fingerprint }: ReportRow): string {
  return `${workgroup ?? 'unknown'}.${fingerprint ?? 'unknown'}`;
}

function jobFacets({ query }: ReportRow, producer: string) {
  return compact({
    sql: query === null ? null : facet('SQLJobFacet', producer, { query, dialect: 'athena' }),
    jobType: facet('JobTypeJobFacet', producer, { processingType: 'BATCH', integration: 'ATHENA', jobType: 'QUERY' }),
  });
}

function runFacets(
  row: ReportRow,
  runId: string,
  { producer, isTerminal }: { readonly producer: string; readonly isTerminal: boolean },
) {
  const { engine_version: version, error_message: message } = row;
  return compact({
    externalQuery: facet('ExternalQueryRunFacet', producer, { externalQueryId: runId, source: sourceOf(row) }),
    processing_engine:
      version === null ? null : facet('ProcessingEngineRunFacet', producer, { version, name: 'Athena' }),
    // The facet wants a programming language, too.
    errorMessage:
      isTerminal && message !== null
        ? facet('ErrorMessageRunFacet', producer, { message, programmingLanguage: 'SQL' })
        : null,
    tags: facet('TagsRunFacet', producer, { tags: tagsOf(row) }),
  });
}

function sourceOf(row: ReportRow): string {
  return arnOf('athena', row, `workgroup/${row.workgroup ?? 'unknown'}`);
}

const TAGS = [
  'person',
  'person_kind',
  'identity_method',
  'identity_confidence',
  'team',
  'workgroup',
  'client',
  'app',
  'app_user',
  'data_scanned_bytes',
  'cost_usd',
  'cost_basis',
] as const;

/** Values of tags are texts; the cost is an estimate at list prices, and says so by its basis. */
function tagsOf(row: ReportRow) {
  return TAGS.flatMap((key) => {
    const value = row[key];
    return value === null ? [] : [{ key, value: String(value), source: 'INTEGRATION' }];
  });
}

/** The tables read, and those behind the views among them. */
function inputsOf(row: ReportRow, producer: string) {
  const names = [...new Set([...(row.tables_read ?? []), ...(row.base_tables_read ?? [])])];
  return names.map((name) => dataset(row, name, producer));
}

/** What was written; the columns that went into it, where they are known, affect each of its columns. */
function outputsOf(row: ReportRow, producer: string) {
  const read = (row.columns_read ?? []).flatMap((column) => inputField(row, column));
  return (row.tables_written ?? []).map((name) => {
    const output = dataset(row, name, producer);
    if (read.length === 0) return output;
    const columnLineage = facet('ColumnLineageDatasetFacet', producer, { fields: {}, dataset: read });
    return { ...output, facets: { ...output.facets, columnLineage } };
  });
}

/** A column of `columns_read`; one that is inferred (`~`) or unknown (`.*`) is not told as lineage. */
function inputField(row: ReportRow, column: string) {
  const at = column.lastIndexOf('.');
  const field = column.slice(at + 1).replace(/^"|"$/g, '');
  if (at < 0 || field === '*' || column.startsWith('~') || field.startsWith('~')) return [];
  return [{ namespace: namespaceOf(row), name: column.slice(0, at), field, transformations: [{ type: 'INDIRECT' }] }];
}

function dataset(row: ReportRow, name: string, producer: string) {
  const place = readTablePlace(name);
  if (place.kind === 's3')
    return { namespace: `s3://${place.bucket}`, name: place.key === '' ? '/' : place.key, facets: {} };
  // Tables of other catalogs are no Glue tables of this account.
  const isGlue = place.catalog === null || place.catalog === 'awsdatacatalog';
  const glue = {
    namespace: arnOf('glue', row, ''),
    name: `table/${place.database ?? 'unknown'}/${place.table}`,
    type: 'TABLE',
  };
  const facets = isGlue ? { symlinks: facet('SymlinksDatasetFacet', producer, { identifiers: [glue] }) } : {};
  return { namespace: namespaceOf(row), name, facets };
}
