/** Prices are data with a date and a source; replace any part of them through configuration. */
export interface PriceTable {
  /** Date of the prices, YYYY-MM-DD. */
  readonly asOf: string;
  readonly source: string;
  /** US dollars per TB scanned, by Region. A Region that is not here has no known price. */
  readonly usdPerTb: Readonly<Record<string, number>>;
  /** Bytes in the TB of the price. Its megabyte, for the minimum and the rounding, is 2^20 bytes, or 10^6 with 10^12. */
  readonly bytesPerTb: number;
  /** US dollars per DPU-hour of a capacity reservation; null when unknown. */
  readonly usdPerDpuHour: number | null;
  /** US dollars per DPU-hour of Athena for Spark; null when unknown. */
  readonly usdPerSparkDpuHour: number | null;
}

/**
 * AWS says "TB" without saying which, and its own examples differ (aws-facts 6). 2^40 is how AWS meters storage;
 * 10^12 makes every scan about 10% dearer.
 */
export const BINARY_TB = 2 ** 40;
export const DECIMAL_TB = 10 ** 12;

/**
 * List prices (aws-facts 6). Re-read on 2026-03-22: us-east-1, us-east-2, us-west-1, us-west-2, sa-east-1,
 * eu-west-1, eu-central-1, ap-southeast-1, ap-northeast-1, ap-south-1; the others are of 2022-12-13. Regions of China are
 * billed in CNY, so they have no price here.
 */
export const LIST_PRICES: PriceTable = {
  asOf: '2026-03-22',
  source: 'Amazon Athena list prices',
  usdPerTb: {
    'af-south-1': 6,
    'ap-east-1': 5.5,
    'ap-northeast-1': 5,
    'ap-northeast-2': 5,
    'ap-northeast-3': 6,
    'ap-south-1': 5,
    'ap-southeast-1': 5,
    'ap-southeast-2': 5.75,
    'ca-central-1': 5.5,
    'eu-central-1': 5,
    'eu-north-1': 5,
    'eu-south-1': 5.25,
    'eu-west-1': 5,
    'eu-west-2': 5,
    'eu-west-3': 7,
    'me-south-1': 6.5,
    'sa-east-1': 9,
    'us-east-1': 5,
    'us-east-2': 5,
    'us-west-1': 6.75,
    'us-west-2': 5,
  },
  bytesPerTb: BINARY_TB,
  usdPerDpuHour: 0.3,
  usdPerSparkDpuHour: 0.45,
};

/** Replaces parts of a price table; prices by Region are merged, so that one Region can be corrected alone. */
export function overridePrices(prices: PriceTable, changes: Partial<PriceTable>): PriceTable {
  return { ...prices, ...changes, usdPerTb: { ...prices.usdPerTb, ...changes.usdPerTb } };
}
