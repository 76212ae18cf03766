import { DECIMAL_TB, type PriceTable } from './prices.js';

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
  readonly region: string;
}

export interface Cost {
  /** Bytes after minimum and rounding; 0 for what is free; null while unknown. */
  readonly billedBytes: number | null;
  /** US dollars, not rounded; null when the bytes or the price are unknown. */
  readonly costUsd: number | null;
  /**
   * `scan:<region>:<usd per TB>`, `failed`, `refused`, `cancelled-unscanned`, `reused`, `reservation`, `explain`, `ddl`, `utility`,
   * `unknown-region:<region>`, `unknown-bytes`; null while the query is not finished.
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
  },
  {
    applies: ({ state }) => state !== 'SUCCEEDED' && state !== 'CANCELLED',
    basis: null,
    isFree: false,
    why: 'the query has not finished',
  },
  {
    applies: ({ resultReused }) => resultReused === true,
    basis: 'reused',
    isFree: true,
    why: 'the result of an earlier query was reused, which is free',
  },
  {
    applies: ({ dpuCount }) => dpuCount !== null,
    basis: 'reservation',
    isFree: true,
    why: 'the query ran on a capacity reservation, which is paid by DPU and time, not by scan',
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
  if (rule === undefined) return scanCost(input.dataScannedBytes ?? 0, input.region, prices);
  const amount = rule.isFree ? 0 : null;
  return { billedBytes: amount, costUsd: amount, basis: rule.basis, steps: [rule.why] };
}

function scanCost(bytes: number, region: string, prices: PriceTable): Cost {
  const { bytesPerTb, asOf, source } = prices;
  const bytesPerMb = bytesPerTb === DECIMAL_TB ? 10 ** 6 : 2 ** 20;
  const roundedMb = Math.ceil(bytes / bytesPerMb);
  const billedMb = Math.max(roundedMb, MINIMUM_MEGABYTES);
  const billedBytes = billedMb * bytesPerMb;
  const steps = [
    `${bytes} bytes scanned, rounded up to ${roundedMb} MB of ${bytesPerMb} bytes`,
    ...(billedMb > roundedMb ? [`billed for the minimum of ${MINIMUM_MEGABYTES} MB`] : []),
    `${billedMb} MB × ${bytesPerMb} = ${billedBytes} bytes billed`,
  ];
  const usdPerTb = Object.hasOwn(prices.usdPerTb, region) ? prices.usdPerTb[region] : undefined;
  if (usdPerTb === undefined) {
    const why = `no price is known for Region ${region} (${source}, ${asOf}); give one to get a cost`;
    return { billedBytes, costUsd: null, basis: `unknown-region:${region}`, steps: [...steps, why] };
  }
  const costUsd = (billedBytes * usdPerTb) / bytesPerTb;
  const sum = `${billedBytes} bytes × ${usdPerTb} USD per TB in ${region} ÷ ${bytesPerTb} bytes per TB = ${costUsd} USD`;
  return {
    billedBytes,
    costUsd,
    basis: `scan:${region}:${usdPerTb}`,
    steps: [...steps, sum, `price: ${source}, ${asOf}`],
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

function hasScanned(bytes: number | null): boolean {
  return bytes !== null && bytes > 0;
}
