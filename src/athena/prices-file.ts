import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import {
  BINARY_TB,
  DECIMAL_TB,
  type Discount,
  LIST_PRICES,
  type PricedThing,
  type PriceTable,
  type RegionPrices,
} from './prices.js';
import { isRegion, regionsLike } from './regions.js';

/** A prices file that cannot be used; the message has a line for each problem. */
export class PricesError extends Error {
  override readonly name = 'PricesError';
}

interface Reader {
  readonly lines: LineCounter;
  readonly problems: string[];
}

const THINGS: readonly PricedThing[] = ['scan', 'reservation'];
const TOP_KEYS = ['tb', 'regions', 'discounts', 'usd_per'];
const REGION_KEYS = ['from', 'currency', 'scan', 'reservation', 'source'];
const DISCOUNT_KEYS = ['percent', 'on', 'region', 'account', 'from', 'to'];

/**
 * Reads a prices file over the list prices: a Region that it names has its prices only from it.
 * @throws PricesError naming line, value and way out of everything that is wrong
 */
export function parsePrices(text: string): PriceTable {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const reader: Reader = { lines, problems: [] };
  for (const error of document.errors)
    reader.problems.push(`line ${lines.linePos(error.pos[0]).line}: not readable as YAML or JSON: ${error.message}`);
  const root = reader.problems.length > 0 ? null : document.contents;
  const top = fieldsOf(reader, root, 'a prices file', TOP_KEYS);
  const prices: PriceTable = {
    bytesPerTb: tbOf(reader, top.get('tb')),
    regions: { ...LIST_PRICES.regions, ...regionsOf(reader, top.get('regions')) },
    discounts: itemsOf(reader, top.get('discounts'), 'discounts').flatMap((item) => discountOf(reader, item)),
    usdPer: ratesOf(reader, top.get('usd_per')),
  };
  if (reader.problems.length > 0) throw new PricesError(reader.problems.join('\n'));
  return prices;
}

function tbOf(reader: Reader, node: Node | undefined): number {
  if (node === undefined) return LIST_PRICES.bytesPerTb;
  const value = isScalar(node) ? node.value : null;
  if (value === 'binary' || value === BINARY_TB) return BINARY_TB;
  if (value === 'decimal' || value === DECIMAL_TB) return DECIMAL_TB;
  report(reader, node, `tb: ${shown(node)} is no TB; write binary (2^40 bytes) or decimal (10^12 bytes)`);
  return BINARY_TB;
}

function regionsOf(reader: Reader, node: Node | undefined): Record<string, readonly RegionPrices[]> {
  const regions: Record<string, readonly RegionPrices[]> = {};
  for (const [region, value] of entriesOf(reader, node, 'regions')) {
    if (!isRegion(region)) {
      const like = regionsLike(region);
      const hint = like.length > 0 ? `; do you mean ${like.join(' or ')}?` : '; write it as AWS does: eu-west-1';
      report(reader, value, `${region} is no Region of AWS${hint}`);
      continue;
    }
    const periods = isSeq(value) ? (value.items as Node[]) : [value];
    const read = periods.map((period) => periodOf(reader, period, region));
    regions[region] = read.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
    const twice = read.find(({ from }, index) => index > 0 && read[index - 1]?.from === from);
    if (twice) report(reader, value, `${region} has two prices from ${twice.from ?? 'the beginning'} on; keep one`);
  }
  return regions;
}

function periodOf(reader: Reader, node: Node, region: string): RegionPrices {
  const fields = fieldsOf(reader, node, `the prices of ${region}`, REGION_KEYS);
  const currency = textOf(reader, fields.get('currency'), 'currency') ?? (region.startsWith('cn-') ? 'CNY' : 'USD');
  if (!/^[A-Z]{3}$/.test(currency)) report(reader, node, `currency: ${currency} is no code like USD or CNY`);
  // A Region that is named has its prices only from here: without one it would have none.
  if (!fields.has('scan') && !fields.has('reservation'))
    report(
      reader,
      node,
      `${region} has no price; write scan: <USD per TB> or reservation: <USD per DPU-hour>, or leave it out`,
    );
  return {
    from: dateOf(reader, fields.get('from'), 'from'),
    currency,
    scan: amountOf(reader, fields.get('scan'), 'scan'),
    reservation: amountOf(reader, fields.get('reservation'), 'reservation'),
    source: textOf(reader, fields.get('source'), 'source') ?? 'prices file',
    isUnsure: false,
  };
}

function discountOf(reader: Reader, node: Node): Discount[] {
  const fields = fieldsOf(reader, node, 'a discount', DISCOUNT_KEYS);
  const percent = percentOf(reader, fields.get('percent'), node);
  if (percent === null) return [];
  const on = textOf(reader, fields.get('on'), 'on');
  if (on !== null && !THINGS.some((thing) => thing === on))
    report(reader, node, `on: ${on} has no price; write ${THINGS.join(' or ')}`);
  const region = textOf(reader, fields.get('region'), 'region');
  if (region !== null && !isRegion(region)) report(reader, node, `region: ${region} is no Region of AWS`);
  const accountId = textOf(reader, fields.get('account'), 'account');
  if (accountId !== null && !/^\d{12}$/.test(accountId))
    report(reader, node, `account: ${accountId} is not 12 digits; put them in quotes: "012345678901"`);
  const [from, to] = [dateOf(reader, fields.get('from'), 'from'), dateOf(reader, fields.get('to'), 'to')];
  if (from !== null && to !== null && to < from) report(reader, node, `to: ${to} is before ${from}`);
  return [{ percent, on: on as PricedThing | null, region, accountId, from, to }];
}

function percentOf(reader: Reader, node: Node | undefined, discount: Node): number | null {
  const value = isScalar(node) ? node.value : null;
  if (typeof value === 'number' && value >= 0 && value <= 100) return value;
  const said = node === undefined ? 'a discount has no percent' : `percent: ${shown(node)} is no discount`;
  report(reader, node ?? discount, `${said}; write percent: and a number from 0 to 100`);
  return null;
}

function ratesOf(reader: Reader, node: Node | undefined): Record<string, number> {
  const rates: Record<string, number> = {};
  for (const [currency, value] of entriesOf(reader, node, 'usd_per')) {
    const rate = amountOf(reader, value, `usd_per ${currency}`);
    if (!/^[A-Z]{3}$/.test(currency)) report(reader, value, `usd_per: ${currency} is no code like CNY`);
    if (rate === 0)
      report(reader, value, `usd_per ${currency}: at 0 all would be free; write the USD for 1 ${currency}`);
    if (rate !== null) rates[currency] = rate;
  }
  return rates;
}

function fieldsOf(reader: Reader, node: Node | null, of: string, allowed: readonly string[]): Map<string, Node> {
  const fields = new Map(entriesOf(reader, node ?? undefined, of));
  for (const [name, value] of fields)
    if (!allowed.includes(name)) report(reader, value, `${of} has no ${name}; it may have ${allowed.join(', ')}`);
  return fields;
}

function entriesOf(reader: Reader, node: Node | undefined, of: string): [string, Node][] {
  if (node === undefined) return [];
  if (!isMap(node)) {
    report(reader, node, `${of} is ${shown(node)}, and should be names with values`);
    return [];
  }
  return node.items.flatMap(({ key, value }) =>
    isScalar(key) && value !== null ? [[String(key.value), value as Node] as [string, Node]] : [],
  );
}

function itemsOf(reader: Reader, node: Node | undefined, of: string): readonly Node[] {
  if (node === undefined) return [];
  if (isSeq(node)) return node.items as Node[];
  report(reader, node, `${of} is ${shown(node)}, and should be a list`);
  return [];
}

function amountOf(reader: Reader, node: Node | undefined, of: string): number | null {
  if (node === undefined) return null;
  const value = isScalar(node) ? node.value : null;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  report(reader, node, `${of}: ${shown(node)} is no amount; write a number from 0, like 5.75`);
  return null;
}

function textOf(reader: Reader, node: Node | undefined, of: string): string | null {
  if (node === undefined) return null;
  const value = isScalar(node) ? node.value : null;
  if (typeof value === 'string' || typeof value === 'number')
    return isScalar(node) ? (node.source ?? String(value)) : null;
  report(reader, node, `${of}: ${shown(node)} is no text`);
  return null;
}

function dateOf(reader: Reader, node: Node | undefined, of: string): string | null {
  const text = textOf(reader, node, of);
  if (text === null) return null;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isDate = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  if (!isDate && node) report(reader, node, `${of}: ${text} is no day; write 2026-01-31`);
  return isDate ? text : null;
}

function shown(node: Node): string {
  return isScalar(node) ? String(node.value) : isSeq(node) ? 'a list' : 'names with values';
}

function report({ lines, problems }: Reader, node: Node, message: string): void {
  problems.push(`line ${node.range ? lines.linePos(node.range[0]).line : 1}: ${message}`);
}
