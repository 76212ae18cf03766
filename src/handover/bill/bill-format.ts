import { identifier, literal } from '../../analytics/cache/sql-text.js';

export type BillFormat = 'cur2' | 'cur' | 'focus';

/** What a line of a bill is called in each format; the first name that a file has is taken. */
interface LineColumns {
  readonly payer: string;
  readonly account: string;
  readonly region: string;
  readonly product: string;
  readonly lineType: string;
  readonly usageType: string;
  readonly amount: string;
  readonly list: string;
  readonly net: string;
  readonly currency: string;
  readonly resource: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly period: string;
  readonly lineId: string;
  readonly interval: string;
  readonly principal: string;
  /** FOCUS tells a refund from a credit by it. */
  readonly correction: string;
}

const CUR2: LineColumns = {
  payer: 'bill_payer_account_id',
  account: 'line_item_usage_account_id',
  region: 'product_region_code',
  product: 'line_item_product_code',
  lineType: 'line_item_line_item_type',
  usageType: 'line_item_usage_type',
  amount: 'line_item_usage_amount',
  list: 'line_item_unblended_cost',
  net: 'line_item_net_unblended_cost',
  currency: 'line_item_currency_code',
  resource: 'line_item_resource_id',
  startsAt: 'line_item_usage_start_date',
  endsAt: 'line_item_usage_end_date',
  period: 'bill_billing_period_start_date',
  lineId: 'identity_line_item_id',
  interval: 'identity_time_interval',
  principal: 'line_item_iam_principal',
  correction: '',
};

const CUR: LineColumns = {
  payer: 'bill/PayerAccountId',
  account: 'lineItem/UsageAccountId',
  region: 'product/region',
  product: 'lineItem/ProductCode',
  lineType: 'lineItem/LineItemType',
  usageType: 'lineItem/UsageType',
  amount: 'lineItem/UsageAmount',
  list: 'lineItem/UnblendedCost',
  net: 'lineItem/NetUnblendedCost',
  currency: 'lineItem/CurrencyCode',
  resource: 'lineItem/ResourceId',
  startsAt: 'lineItem/UsageStartDate',
  endsAt: 'lineItem/UsageEndDate',
  period: 'bill/BillingPeriodStartDate',
  lineId: 'identity/LineItemId',
  interval: 'identity/TimeInterval',
  principal: '',
  correction: '',
};

const FOCUS: LineColumns = {
  payer: 'BillingAccountId',
  account: 'SubAccountId',
  region: 'RegionId',
  product: 'x_ServiceCode',
  lineType: 'ChargeCategory',
  usageType: 'SkuMeter',
  amount: 'ConsumedQuantity',
  list: 'ListCost',
  net: 'BilledCost',
  currency: 'BillingCurrency',
  resource: 'ResourceId',
  startsAt: 'ChargePeriodStart',
  endsAt: 'ChargePeriodEnd',
  period: 'BillingPeriodStart',
  lineId: '',
  interval: '',
  principal: '',
  correction: 'ChargeClass',
};

/** Further names of a column, by its name above: Glue tables of legacy reports, older exports. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  product_region_code: ['product_region'],
  'product/region': ['product/regionCode'],
  SkuMeter: ['x_UsageType'],
  x_ServiceCode: ['ServiceName'],
};

const COLUMNS = { cur2: CUR2, cur: CUR, focus: FOCUS };

/** Without these a file is no bill. */
const NEEDED: readonly (keyof LineColumns)[] = ['account', 'lineType', 'amount', 'list', 'startsAt', 'product'];

/** Tells the format of a file by its columns; null for one that is no bill. */
export function formatOf(columns: readonly string[]): BillFormat | null {
  const has = new Set(columns);
  for (const format of ['cur2', 'cur', 'focus'] as const)
    if (NEEDED.every((name) => nameIn(has, COLUMNS[format][name]) !== null)) return format;
  return null;
}

/** SQL of the columns of a bill's lines, the same for every format; null where a file lacks one. */
export function lineSql(format: BillFormat, columns: readonly string[]): string {
  const has = new Set(columns);
  const named = COLUMNS[format];
  const text = (name: keyof LineColumns) => {
    const found = nameIn(has, named[name]);
    return found === null ? 'NULL::VARCHAR' : `nullif(${identifier(found)}::VARCHAR, '')`;
  };
  const number = (name: keyof LineColumns) => `try_cast(${text(name)} AS DOUBLE)`;
  const time = (name: keyof LineColumns) => `try_cast(replace(replace(${text(name)}, 'Z', ''), 'T', ' ') AS TIMESTAMP)`;
  return [
    `${text('payer')} AS payer`,
    `lpad(coalesce(${text('account')}, ''), 12, '0') AS account`,
    `coalesce(${text('region')}, '') AS region`,
    `coalesce(${text('product')}, '') AS product`,
    `coalesce(${text('lineType')}, '') AS line_type`,
    `coalesce(${text('usageType')}, '') AS usage_type`,
    `coalesce(${number('amount')}, 0) AS amount`,
    `coalesce(${number('list')}, 0) AS list`,
    `coalesce(${number('net')}, ${number('list')}, 0) AS net`,
    `coalesce(${text('currency')}, 'USD') AS currency`,
    `${text('resource')} AS resource`,
    `${time('startsAt')} AS starts_at`,
    `${time('endsAt')} AS ends_at`,
    `strftime(coalesce(${time('period')}, ${time('startsAt')}), '%Y-%m') AS period`,
    `${text('lineId')} AS line_id`,
    `${text('interval')} AS line_interval`,
    `${text('principal')} AS principal`,
    `${text('correction')} AS correction`,
    `(${(['amount', 'list', 'net'] as const).map((name) => `(${text(name)} IS NOT NULL AND ${number(name)} IS NULL)`).join(' OR ')} OR ${time('startsAt')} IS NULL) AS is_unreadable`,
  ].join(', ');
}

/**
 * What a line is, in SQL. Usage types are told by their endings, because their beginnings differ by Region; types of lines that
 * nobody has seen yet are `other`, never dropped.
 */
export const KIND_SQL = `CASE
  WHEN line_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation') THEN thing
  WHEN line_type = 'Credit' AND correction = 'Correction' THEN 'refund'
  WHEN line_type = 'Credit' THEN 'credit'
  WHEN line_type = 'Refund' THEN 'refund'
  WHEN line_type = 'Tax' THEN 'tax'
  WHEN line_type LIKE '%Discount' THEN 'discount'
  ELSE 'other' END`;

/** What a usage type pays for. */
export const THING_SQL = `CASE
  WHEN usage_type LIKE '%DataScannedInTB' THEN 'scan'
  WHEN usage_type LIKE '%ReservedCapacityInDPUHours' THEN 'reservation'
  WHEN usage_type LIKE '%CodeExecutionInDPUHours' THEN 'spark'
  ELSE 'other' END`;

/** Lines of Athena, by the code or the name of the service. */
export const IS_ATHENA_SQL = `product IN (${['AmazonAthena', 'Amazon Athena'].map(literal).join(', ')})`;

function nameIn(has: ReadonlySet<string>, name: string): string | null {
  if (name === '') return null;
  const all = [name, ...(OTHER_NAMES[name] ?? []), name.replace('/', '_'), snakeCase(name)];
  return all.find((one) => has.has(one)) ?? null;
}

/** `lineItem/UsageAmount` as a Glue table has it: `line_item_usage_amount`. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('/', '_')
    .toLowerCase();
}
