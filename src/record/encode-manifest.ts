import { type Manifest, REPORT_FORMATS } from './manifest.js';
import { hasMembers, isAbsentOr, isInstant, isListOf, isMapOf, isNullOr, isNumber, isText } from './text/shape.js';

/** Writes a manifest as JSON, keys sorted at every level, with a final line break. */
export function encodeManifest(manifest: Manifest): string {
  return `${JSON.stringify(sorted(manifest), null, 2)}\n`;
}

/** Reads a manifest; returns a sentence saying what is wrong when it is none. Unknown members are ignored. */
export function decodeManifest(text: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const fault = manifestFault(value);
  return fault ?? (value as Manifest);
}

type Json = Record<string, unknown>;

function manifestFault(value: unknown): string | null {
  if (!isObject(value)) return 'not a JSON object';
  if (value.schema !== 1) return `schema is ${JSON.stringify(value.schema)}, this version reads 1`;
  for (const key of ['reportDate', 'timezone', 'collectedAt', 'generator']) {
    if (typeof value[key] !== 'string') return `${key} is not text`;
  }
  for (const key of ['hour', 'version']) {
    if (!Number.isInteger(value[key])) return `${key} is not a whole number`;
  }
  if (!REPORT_FORMATS.some((format) => format === value.format)) return `format is ${JSON.stringify(value.format)}`;
  if (value.status !== 'final' && value.status !== 'open') return `status is ${JSON.stringify(value.status)}`;
  if (value.previous !== null && typeof value.previous !== 'string') return 'previous is neither text nor null';
  const { window, report, ledger } = value;
  if (!isObject(window) || !isInstant(window.start) || !isInstant(window.end)) return 'window is not {start, end}';
  if (!isObject(report) || typeof report.key !== 'string' || typeof report.sha256 !== 'string')
    return 'report is not {key, rows, bytes, sha256}';
  if (!Number.isInteger(report.rows) || !Number.isInteger(report.bytes))
    return 'report.rows or report.bytes is not a whole number';
  if (!isObject(ledger) || ![ledger.byQueryStatus, ledger.unnamedByReason, ledger.unpricedByReason].every(isCounts))
    return 'ledger is missing';
  for (const key of LEDGER_COUNTS) if (!Number.isInteger(ledger[key])) return `ledger.${key} is not a whole number`;
  if (!Array.isArray(value.pending) || !value.pending.every((id) => typeof id === 'string'))
    return 'pending is not a list of ids';
  if (!Array.isArray(value.evidence) || !value.evidence.every((name) => PART_NAME.test(String(name))))
    return 'evidence is not a list of names of parts';
  if (!isSources(value.sources)) return 'sources is not a list of what was read';
  if (
    value.inputs !== undefined &&
    !(isObject(value.inputs) && Object.values(value.inputs).every((hash) => typeof hash === 'string'))
  )
    return 'inputs is not hashes by name';
  if (value.notRead !== undefined && !(Array.isArray(value.notRead) && value.notRead.every(isNotReadNote)))
    return 'notRead is not a list of {name, reason, wayOut}';
  return null;
}

const PART_NAME = /^\d{4}-\d{2}-\d{2}\/(?:h\d{2}|day)\/[0-9a-f]{64}$/;

const LEDGER_COUNTS = [
  'startsRead',
  'duplicates',
  'malformed',
  'starts',
  'executionStarts',
  'refused',
  'executions',
  'repeatedStarts',
  'attributed',
  'conflict',
  'unattributed',
  'rows',
];

function isNotReadNote(value: unknown): boolean {
  return isObject(value) && ['name', 'reason', 'wayOut'].every((member) => typeof value[member] === 'string');
}

const isCounts = isMapOf(isNumber);
const isSources = isListOf(
  hasMembers({
    kind: isText,
    accountId: isNullOr(isText),
    region: isNullOr(isText),
    counts: isCounts,
    from: isText,
    to: isText,
    failure: isAbsentOr(isText),
  }),
);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
