/** What a price pays for: a TB scanned, or an hour of a DPU in a capacity reservation. */
export type PricedThing = 'scan' | 'reservation';

/** Prices of one Region from a day on (UTC); null is unknown. */
export interface RegionPrices {
  /** YYYY-MM-DD; null: since ever. */
  readonly from: string | null;
  readonly currency: string;
  /** Per TB scanned. */
  readonly scan: number | null;
  /** Per DPU-hour of a capacity reservation. */
  readonly reservation: number | null;
  /** Where the numbers are from, and of when. */
  readonly source: string;
  /** One source only, or an old one. */
  readonly isUnsure: boolean;
}

/** A discount; what it leaves open it is for all of. */
export interface Discount {
  /** Percent of the list price that are not paid. */
  readonly percent: number;
  readonly on: PricedThing | null;
  readonly region: string | null;
  readonly accountId: string | null;
  /** First and last day, YYYY-MM-DD in UTC. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Prices are data with a date and a source; a prices file changes any part of them. */
export interface PriceTable {
  /** Bytes in the TB of the price. Its megabyte, for the minimum and the rounding, is 2^20 bytes, or 10^6 with 10^12. */
  readonly bytesPerTb: number;
  /** By Region, each in order of time. A Region that is not here has no known price. */
  readonly regions: Readonly<Record<string, readonly RegionPrices[]>>;
  /** Applied one after the other. */
  readonly discounts: readonly Discount[];
  /** US dollars for one unit of another currency. */
  readonly usdPer: Readonly<Record<string, number>>;
}

/** A price as it was on a day. */
export type Price =
  | {
      /** US dollars after discounts. */
      readonly usd: number;
      readonly source: string;
      /** How list price, discounts and exchange rate make it; empty when it is the list price. */
      readonly steps: readonly string[];
    }
  | { readonly unknown: 'region' | 'currency'; readonly why: string };

/**
 * AWS says "TB" without saying which, and its own examples differ (aws-facts 6). 2^40 is how AWS meters storage;
 * 10^12 makes every scan about 10% dearer.
 */
export const BINARY_TB = 2 ** 40;
export const DECIMAL_TB = 10 ** 12;

/** Looks a price up. `at` is epoch milliseconds. */
export function priceOf(
  prices: PriceTable,
  thing: PricedThing,
  { region, accountId, at }: { readonly region: string; readonly accountId: string; readonly at: number },
): Price {
  const day = new Date(at).toISOString().slice(0, 10);
  const all = Object.hasOwn(prices.regions, region) ? (prices.regions[region] ?? []) : [];
  const valid = all.findLast(({ from }) => from === null || from <= day);
  const list = valid?.[thing] ?? null;
  if (valid === undefined || list === null)
    return { unknown: 'region', why: `no price is known for Region ${region} on ${day}; add it to a prices file` };
  const steps: string[] = [];
  let price = list;
  for (const discount of prices.discounts) {
    if (!isFor(discount, { thing, region, accountId, day })) continue;
    const before = price;
    price = exact(price * (1 - discount.percent / 100));
    steps.push(`${before} ${valid.currency} less ${discount.percent}% = ${price} ${valid.currency}`);
  }
  const { source, currency } = valid;
  if (currency === 'USD') return { usd: price, source, steps };
  const rate = prices.usdPer[currency];
  if (rate === undefined)
    return {
      unknown: 'currency',
      why: `Region ${region} is billed in ${currency}; give usd_per ${currency} in a prices file`,
    };
  const usd = exact(price * rate);
  return { usd, source, steps: [...steps, `${price} ${currency} × ${rate} = ${usd} USD`] };
}

function isFor(
  discount: Discount,
  asked: {
    readonly thing: PricedThing;
    readonly region: string;
    readonly accountId: string;
    readonly day: string;
  },
): boolean {
  const { on, region, accountId, from, to } = discount;
  return (
    (on === null || on === asked.thing) &&
    (region === null || region === asked.region) &&
    (accountId === null || accountId === asked.accountId) &&
    (from === null || from <= asked.day) &&
    (to === null || asked.day <= to)
  );
}

/** Takes away what binary fractions add: 5 less 5% is 4.75. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

const LISTED_2026 = 'Amazon Athena list price, read 2026-03-22';
const LISTED_2022 = 'Amazon Athena list price, read 2022-12-13, not read again since';

function listed(scan: number, source: string, more: Partial<RegionPrices> = {}): readonly RegionPrices[] {
  const isUnsure = source !== LISTED_2026;
  return [{ from: null, currency: 'USD', scan, reservation: null, source, isUnsure, ...more }];
}

/**
 * The list prices that this program knows (aws-facts 6). A DPU-hour of a reservation is known for us-east-1 only, from AWS's blog
 * of 2023.
 */
export const LIST_PRICES: PriceTable = {
  bytesPerTb: BINARY_TB,
  discounts: [],
  usdPer: {},
  regions: {
    'af-south-1': listed(6, LISTED_2022),
    'ap-east-1': listed(5.5, LISTED_2022),
    'ap-northeast-1': listed(5, LISTED_2026),
    'ap-northeast-2': listed(5, LISTED_2022),
    'ap-northeast-3': listed(6, LISTED_2022),
    'ap-south-1': listed(5, LISTED_2026),
    'ap-southeast-1': listed(5, LISTED_2026),
    'ap-southeast-2': listed(5.75, LISTED_2022),
    'ca-central-1': listed(5.5, LISTED_2022),
    'cn-northwest-1': listed(34.34, LISTED_2022, { currency: 'CNY' }),
    'eu-central-1': listed(5, LISTED_2026),
    'eu-north-1': listed(5, LISTED_2022),
    'eu-south-1': listed(5.25, LISTED_2022),
    'eu-west-1': listed(5, LISTED_2026),
    'eu-west-2': listed(5, LISTED_2022),
    'eu-west-3': listed(7, LISTED_2022),
    'me-south-1': listed(6.5, LISTED_2022),
    'sa-east-1': listed(9, LISTED_2026),
    'us-east-1': listed(5, LISTED_2026, { reservation: 0.3 }),
    'us-east-2': listed(5, LISTED_2026),
    'us-west-1': listed(6.75, LISTED_2026),
    'us-west-2': listed(5, LISTED_2026),
  },
};
