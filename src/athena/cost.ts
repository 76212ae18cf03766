import { DECIMAL_TB, type PriceTable, priceOf } from './prices.js';

/** What the price of one execution depends on; null is unknown. */
export interface CostInput {
  readonly state: string;
  readonly statementType: string | null;
  readonly substatementType: string | null;
  /** Kind of the SQL text, as `SqlAnalysis` has it. */
  readonly sqlKind: string | null;
  readonly dataScannedBytes: number | null;
  readonly resultReused: boolean | null;
  /** Set for queries that ran on a capacity reservation. */
  readonly dpuCount: number | null;
  /** The capacity reservation that its workgroup was assigned to when it began; null where nothing says so. */
  readonly assignedTo: string | null;
  readonly executionMs: number | null;
  readonly region: string;
  readonly accountId: string;
  /** When it was started, epoch milliseconds: prices change. */
  readonly at: number;
}

export interface Cost {
  /** Bytes after minimum and rounding; 0 for what is free; null while unknown. */
  readonly billedBytes: number | null;
  /** US dollars, not rounded; null when the bytes or the price are unknown. */
  readonly costUsd: number | null;
  /**
   * `scan:<region>:<usd per TB>`, `reservation:<region>:<usd per DPU-hour>`, `failed`, `refused`, `cancelled-unscanned`, `reused`,
   * `explain`, `ddl`, `utility`, `unknown-region:<region>`, `unknown-currency:<region>`, `unknown-reservation:<region>`,
   * `unknown-reservation-dpus:<region>`, `unknown-statement`, `unknown-bytes`; null while the query is not finished.
   */
  readonly basis: string | null;
  /** The arithmetic for people, a line a step. */
  readonly steps: readonly string[];
}

type Facts = CostInput & { readonly kind: string };

/** A rule that makes a query free, or leaves its cost open. */
interface Rule {
  readonly applies: (facts: Facts) => boolean;
  readonly basis: string | null;
  readonly isFree: boolean;
  readonly why: string;
  /** Decides for queries on a capacity reservation, too. */
  readonly comesBeforeReservation?: boolean;
}

const MINIMUM_MEGABYTES = 10;
const DDL_KIND = /^(?:CREATE|DROP|ALTER|MSCK|TRUNCATE|COMMENT|GRANT|REVOKE|DENY|REFRESH)(?:_|$)/;
const UTILITY_KIND =
  /^(?:SHOW|DESCRIBE|DESC|USE|SET|RESET|PREPARE|DEALLOCATE|CALL|START|COMMIT|ROLLBACK|VACUUM)(?:_|$)/;
/** They begin like DDL and are billed for the scan of their SELECT. */
const SCANNING_DDL = /^CREATE_TABLE_AS(?:_SELECT)?$|^CTAS$/;

/** In this order the first rule that applies decides; without one the scan is billed (aws-facts 6). */
const RULES: readonly Rule[] = [
  {
    applies: ({ state }) => state === 'FAILED',
    basis: 'failed',
    isFree: true,
    why: 'failed queries are free',
  },
  {
    applies: ({ state }) => state === 'REFUSED',
    basis: 'refused',
    isFree: true,
    why: 'refused starts ran nothing',
    comesBeforeReservation: true,
  },
  {
    applies: ({ state }) => state !== 'SUCCEEDED' && state !== 'CANCELLED',
    basis: null,
    isFree: false,
    why: 'the query has not finished',
    comesBeforeReservation: true,
  },
  {
    applies: ({ resultReused }) => resultReused === true,
    basis: 'reused',
    isFree: true,
    why: 'the result of an earlier query was reused, which is free',
    comesBeforeReservation: true,
  },
  {
    applies: ({ kind, dataScannedBytes }) => kind === 'EXPLAIN' && !hasScanned(dataScannedBytes),
    basis: 'explain',
    isFree: true,
    why: 'EXPLAIN runs nothing and is free; EXPLAIN ANALYZE is billed',
  },
  { applies: isDdl, basis: 'ddl', isFree: true, why: 'DDL and partition management are free' },
  { applies: isUtility, basis: 'utility', isFree: true, why: 'statements that read metadata only are free' },
  {
    applies: isUnknownStatement,
    basis: 'unknown-statement',
    isFree: false,
    why: 'what kind of statement it was is not known, nor how such ones are billed',
  },
  {
    applies: ({ dataScannedBytes }) => dataScannedBytes === null,
    basis: 'unknown-bytes',
    isFree: false,
    why: 'the bytes scanned are not known',
  },
  {
    // Not documented: a query that is cancelled in the queue has scanned nothing that could be billed.
    applies: ({ state, dataScannedBytes }) => state === 'CANCELLED' && dataScannedBytes === 0,
    basis: 'cancelled-unscanned',
    isFree: true,
    why: 'cancelled before anything was scanned',
  },
];

/**
 * Prices one execution by Athena's rules; total over any input. Leaves out what Athena's API does not tell: Lambda for
 * federated queries, S3 requests, KMS, Glue and the storage of results.
 */
export function costOf(input: CostInput, prices: PriceTable): Cost {
  const facts = { ...input, kind: kindOf(input) };
  const rule = RULES.find(({ applies }) => applies(facts));
  // Failed queries have used the reservation as well.
  // Some tools print 0 for what Athena did not say: nothing runs on no DPU.
  if (input.dpuCount !== null && input.dpuCount > 0 && rule?.comesBeforeReservation !== true)
    return reservationCost({ ...input, dpuCount: input.dpuCount }, prices);
  if (input.assignedTo !== null && (rule === undefined || rule.basis?.startsWith('unknown-')))
    return unsharedCost(input.region, input.assignedTo);
  if (rule === undefined) return scanCost(input, prices);
  const amount = rule.isFree ? 0 : null;
  return { billedBytes: amount, costUsd: amount, basis: rule.basis, steps: [rule.why] };
}

const MS_PER_HOUR = 3_600_000;

/**
 * The share of a reservation that a query used: DPU × time. What a reservation cost while nothing ran is no query's, and no row's:
 * `aqt bill` shows it as idle.
 */
function reservationCost(input: CostInput & { readonly dpuCount: number }, prices: PriceTable): Cost {
  const { dpuCount, executionMs, region } = input;
  const why = 'the query ran on a capacity reservation, which is paid by DPU and time, not by scan';
  const price = priceOf(prices, 'reservation', input);
  if (executionMs === null || 'unknown' in price) {
    const reason = 'unknown' in price ? price.why : 'the time that it ran is not known';
    return { billedBytes: 0, costUsd: null, basis: `unknown-reservation:${region}`, steps: [why, reason] };
  }
  const dpuHours = (dpuCount * executionMs) / MS_PER_HOUR;
  const costUsd = dpuHours * price.usd;
  const sum = `${dpuCount} DPU × ${executionMs} ms = ${dpuHours} DPU-hours × ${price.usd} USD = ${costUsd} USD`;
  const steps = [why, ...price.steps, sum, `price: ${price.source}`];
  return { billedBytes: 0, costUsd, basis: `reservation:${region}:${price.usd}`, steps };
}

/** What runs on a reservation is not paid by scan, and how much of it a query used nobody can tell without its DPUs. */
function unsharedCost(region: string, reservation: string): Cost {
  const steps = [
    `its workgroup was assigned to the capacity reservation ${reservation}, which is paid by DPU and time, not by scan`,
    'Athena told no DPUs of it, so its share is not known',
  ];
  return { billedBytes: 0, costUsd: null, basis: `unknown-reservation-dpus:${region}`, steps };
}

/** Bytes billed for a scan: whole megabytes, ten at least. */
export function billedBytesOf(bytes: number, bytesPerTb: number): number {
  const bytesPerMb = bytesPerTb === DECIMAL_TB ? 10 ** 6 : 2 ** 20;
  return Math.max(Math.ceil(bytes / bytesPerMb), MINIMUM_MEGABYTES) * bytesPerMb;
}

function scanCost(input: CostInput, prices: PriceTable): Cost {
  const { bytesPerTb } = prices;
  const { region } = input;
  const bytes = input.dataScannedBytes ?? 0;
  const bytesPerMb = bytesPerTb === DECIMAL_TB ? 10 ** 6 : 2 ** 20;
  const roundedMb = Math.ceil(bytes / bytesPerMb);
  const billedBytes = billedBytesOf(bytes, bytesPerTb);
  const billedMb = billedBytes / bytesPerMb;
  const steps = [
    `${bytes} bytes scanned, rounded up to ${roundedMb} MB of ${bytesPerMb} bytes`,
    ...(billedMb > roundedMb ? [`billed for the minimum of ${MINIMUM_MEGABYTES} MB`] : []),
    `${billedMb} MB × ${bytesPerMb} = ${billedBytes} bytes billed`,
  ];
  const price = priceOf(prices, 'scan', input);
  if ('unknown' in price)
    return { billedBytes, costUsd: null, basis: `unknown-${price.unknown}:${region}`, steps: [...steps, price.why] };
  const costUsd = (billedBytes * price.usd) / bytesPerTb;
  const sum = `${billedBytes} bytes × ${price.usd} USD per TB in ${region} ÷ ${bytesPerTb} bytes per TB = ${costUsd} USD`;
  return {
    billedBytes,
    costUsd,
    basis: `scan:${region}:${price.usd}`,
    steps: [...steps, ...price.steps, sum, `price: ${price.source}`],
  };
}

/** The text tells EXPLAIN ANALYZE from EXPLAIN and CTAS from CREATE TABLE; Athena's own word wins elsewhere. */
function kindOf({ substatementType, sqlKind }: CostInput): string {
  const told = substatementType?.toUpperCase() ?? null;
  if (told === 'EXPLAIN' && sqlKind === 'EXPLAIN_ANALYZE') return sqlKind;
  if (told === 'CREATE_TABLE' && sqlKind === 'CREATE_TABLE_AS_SELECT') return sqlKind;
  return told ?? (sqlKind === null || sqlKind === 'UNKNOWN' ? '' : sqlKind);
}

/** `StatementType` calls CTAS sometimes DDL and sometimes DML (aws-facts 2.3), so it decides last, and with the bytes. */
function isDdl({ kind, statementType, dataScannedBytes }: Facts): boolean {
  if (SCANNING_DDL.test(kind)) return false;
  return DDL_KIND.test(kind) || (kind === '' && statementType === 'DDL' && !hasScanned(dataScannedBytes));
}

function isUtility({ kind, statementType, dataScannedBytes }: Facts): boolean {
  if (hasScanned(dataScannedBytes)) return false;
  return UTILITY_KIND.test(kind) || (kind === '' && statementType === 'UTILITY');
}

/** A type that Athena did not have when this was written, or neither type nor text of a statement that may have been free. */
function isUnknownStatement({ kind, statementType, dataScannedBytes }: Facts): boolean {
  if (statementType !== null) return !STATEMENT_TYPES.has(statementType);
  return kind === '' && dataScannedBytes === 0;
}

const STATEMENT_TYPES: ReadonlySet<string> = new Set(['DDL', 'DML', 'UTILITY']);

function hasScanned(bytes: number | null): boolean {
  return bytes !== null && bytes > 0;
}
