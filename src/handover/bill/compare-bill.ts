import { BINARY_TB, DECIMAL_TB } from '../../athena/prices.js';
import type { Bill, BillLine } from './bill-lines.js';
import { CENT, type ComparedCell, type Reason } from './compared-cell.js';
import { settleDays, settleReservations, settleUnnamed } from './settle-cells.js';
import { basisOf } from './tb-basis.js';
import { reservedKey, type Tracker, type TrackerUsage, withoutWorkgroups } from './tracker-usage.js';

/** What a bill and the reports say of each other. */
export interface BillComparison {
  readonly cells: readonly ComparedCell[];
  readonly trackerUsd: number;
  readonly billUsd: number;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** Bytes in the TB of the bill; null when the two have no usage in common to tell. */
  readonly bytesPerTb: number | null;
  /** Amounts in other currencies than USD: not compared. */
  readonly otherCurrencies: Readonly<Record<string, number>>;
  /** Months of the reports that the bill lacks. */
  readonly missingMonths: readonly string[];
  /** Principals on the bill that no report shows. */
  readonly unseenPrincipals: readonly string[];
}

/** Compares a bill with the reports. The reasons of each cell add up to its difference, so nothing is hidden in a sum. */
export function compareBill(bill: Bill, tracker: Tracker): BillComparison {
  const lines = bill.lines.filter(({ currency }) => currency === 'USD');
  // An export without resource ids can be compared by account, Region and slot only.
  const hasWorkgroups = lines.some(({ kind, workgroup }) => kind === 'scan' && workgroup !== null);
  const usages = hasWorkgroups ? tracker.usage : withoutWorkgroups(tracker.usage);
  const bytesPerTb = basisOf(lines, usages);
  const known = knownOf(tracker);
  const cells = new Map<string, { lines: BillLine[]; usage: TrackerUsage | null }>();
  const cellOf = (at: BillLine | TrackerUsage) => {
    const key = [at.account, at.region, at.workgroup ?? '', at.slot].join('\n');
    const cell = cells.get(key) ?? { lines: [], usage: null };
    cells.set(key, cell);
    return cell;
  };
  for (const line of lines) cellOf(line).lines.push(line);
  for (const usage of usages) cellOf(usage).usage = usage;
  const lastSlot =
    lines
      .map(({ slot }) => slot)
      .sort()
      .at(-1) ?? '';
  const accounts = new Set(lines.map(({ account }) => account));
  const reserved = lines.filter(({ kind }) => kind === 'reservation');
  const billedDpuHours = new Map<string, number>();
  for (const line of reserved)
    billedDpuHours.set(reservedKey(line), (billedDpuHours.get(reservedKey(line)) ?? 0) + line.amount);
  const facts: Facts = {
    billedDpuHours,
    reservedPlaces: new Set(reserved.map(({ account, region }) => `${account} ${region}`)),
    bytesPerTb,
    tracker,
    known,
    lastSlot,
    periods: new Set(bill.periods),
    accounts,
    hasWorkgroups,
  };
  const compared = [...cells.values()].flatMap((cell) => compareCell(cell, facts) ?? []);
  const untold = new Set(usages.filter(({ unsharedQueries }) => unsharedQueries > 0).map(reservedKey));
  const settled = settleReservations(settleUnnamed(settleDays(compared)), untold);
  const otherCurrencies: Record<string, number> = {};
  for (const { currency, net } of bill.lines)
    if (currency !== 'USD') otherCurrencies[currency] = (otherCurrencies[currency] ?? 0) + net;
  const months = new Set(tracker.usage.filter(costs).map(({ slot }) => slot.slice(0, 7)));
  return {
    cells: settled.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    trackerUsd: sum(settled.map(({ trackerUsd }) => trackerUsd)),
    billUsd: sum(settled.map(({ billUsd }) => billUsd)),
    reasons: addReasons(settled.map(({ reasons }) => reasons)),
    bytesPerTb,
    otherCurrencies,
    missingMonths: [...months].filter((month) => !facts.periods.has(month)).sort(),
    unseenPrincipals: bill.principals.filter((principal) => !tracker.principals.has(principal)),
  };
}

/** The sum of reasons that explain nothing; of each cell apart, so that two of them do not cancel. */
export function unexplainedUsd({ cells }: BillComparison): number {
  return sum(cells.map(({ reasons }) => Math.abs(reasons.unexplained ?? 0)));
}

interface Facts {
  readonly bytesPerTb: number | null;
  readonly tracker: Tracker;
  readonly known: Known;
  readonly lastSlot: string;
  readonly periods: ReadonlySet<string>;
  /** Those on the bill. */
  readonly accounts: ReadonlySet<string>;
  readonly hasWorkgroups: boolean;
  /** DPU-hours of reservations on the bill, by `reservedKey`; and the accounts and Regions that have any. */
  readonly billedDpuHours: ReadonlyMap<string, number>;
  readonly reservedPlaces: ReadonlySet<string>;
}

interface Known {
  readonly accounts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  readonly workgroups: ReadonlySet<string>;
}

function knownOf({ usage }: Tracker): Known {
  return {
    accounts: new Set(usage.map(({ account }) => account)),
    regions: new Set(usage.map(({ account, region }) => `${account} ${region}`)),
    workgroups: new Set(usage.map(({ account, region, workgroup }) => `${account} ${region} ${workgroup}`)),
  };
}

function compareCell(
  { lines, usage }: { readonly lines: readonly BillLine[]; readonly usage: TrackerUsage | null },
  facts: Facts,
): ComparedCell | null {
  const at = lines[0] ?? usage;
  if (!at || (lines.length === 0 && usage !== null && !costs(usage))) return null;
  const reasons: Partial<Record<Reason, number>> = {};
  const give = (reason: Reason, usd: number) => {
    if (usd !== 0) reasons[reason] = (reasons[reason] ?? 0) + usd;
  };
  for (const { kind, net } of lines) {
    if (kind === 'scan' || kind === 'reservation') continue;
    give(kind === 'discount' ? 'discount-or-net-rate' : kind === 'other' ? 'other-usage' : kind, net);
  }
  const scans = lines.filter(({ kind }) => kind === 'scan');
  const scan = {
    tb: sum(scans.map(({ amount }) => amount)),
    list: sum(scans.map(({ list }) => list)),
    net: sum(scans.map(({ net }) => net)),
  };
  const ourTb = tbOf(usage, facts);
  explainScan({ at, scan, usage, ourTb }, facts, give);
  const reserved = lines.filter(({ kind }) => kind === 'reservation');
  const ourReserved = usage?.reservationUsd ?? 0;
  const unseen = unseenReservationUsd(at, reserved, facts);
  give('unexplained', unseen);
  give('reservation-idle', sum(reserved.map(({ net }) => net)) - unseen);
  const isBilled = facts.reservedPlaces.has(`${at.account} ${at.region}`) && at.slot <= facts.lastSlot;
  give(isBilled ? 'in-the-reservation' : missingReason(at, { usd: -ourReserved, usage }, facts), -ourReserved);
  return {
    ...{ account: at.account, region: at.region, workgroup: at.workgroup || null, slot: at.slot },
    trackerUsd: (usage?.scanUsd ?? 0) + ourReserved,
    billUsd: sum(lines.map(({ net }) => net)),
    billListUsd: sum(lines.map(({ list }) => list)),
    trackerTb: ourTb,
    billTb: scan.tb,
    reasons,
  };
}

/**
 * What the bill charges for reservations beyond the DPU-hours that closings saw, or short of them; 0 where nobody saw them all.
 * Several lines of a place and slot share it by their amounts.
 */
function unseenReservationUsd(at: BillLine | TrackerUsage, lines: readonly BillLine[], facts: Facts): number {
  const seen = facts.tracker.reserved.get(reservedKey(at));
  const amount = sum(lines.map((line) => line.amount));
  const billed = facts.billedDpuHours.get(reservedKey(at)) ?? 0;
  if (seen === undefined || amount <= 0 || billed <= 0) return 0;
  const usd = ((billed - seen) * sum(lines.map(({ net }) => net))) / billed;
  // The bill may end within its last slot.
  if (usd < 0 && at.slot >= facts.lastSlot) return 0;
  return Math.abs(usd) < CENT ? 0 : usd;
}

interface ScanCell {
  readonly at: BillLine | TrackerUsage;
  readonly scan: { readonly tb: number; readonly list: number; readonly net: number };
  readonly usage: TrackerUsage | null;
  readonly ourTb: number;
}

/** Goes from the tracker's amount to the bill's in steps: unpriced scans, the TB, other usage, the rate. */
function explainScan(
  { at, scan, usage, ourTb }: ScanCell,
  facts: Facts,
  give: (reason: Reason, usd: number) => void,
): void {
  const ours = usage?.scanUsd ?? 0;
  if (scan.net === 0 && ours === 0 && scan.tb === 0) return;
  const pricedTb = pricedTbOf(usage, facts);
  const billRate = scan.tb > 0 ? scan.net / scan.tb : null;
  const ourRate = usage !== null && pricedTb.ours > 0 ? ours / pricedTb.ours : null;
  const rate = ourRate ?? billRate ?? 0;
  // Scans of a Region without a price, at the price of the bill.
  give('price-unknown', (ourTb - pricedTb.bill) * (ourRate === null ? rate : (billRate ?? rate)));
  give('tb-basis', (pricedTb.bill - pricedTb.ours) * rate);
  const moreTb = scan.tb - ourTb;
  if (billRate !== null) {
    // A free line has a rate of zero, which is a discount as well.
    give('discount-or-net-rate', pricedTb.bill * (billRate - rate));
    give(missingReason(at, { usd: moreTb * billRate, usage }, facts), moreTb * billRate);
    return;
  }
  give(missingReason(at, { usd: -ourTb * rate, usage }, facts), -ourTb * rate);
  give('unexplained', scan.net);
}

/** Why one of the two has usage that the other lacks. */
function missingReason(
  at: BillLine | TrackerUsage,
  { usd, usage }: { readonly usd: number; readonly usage: TrackerUsage | null },
  { tracker, known, lastSlot, periods, accounts, hasWorkgroups }: Facts,
): Reason {
  if (Math.abs(usd) < CENT) return 'rounding';
  const { account, region, workgroup, slot } = at;
  if (usd < 0) {
    if (!periods.has(slot.slice(0, 7))) return 'month-missing';
    if (!accounts.has(account)) return 'account-not-on-the-bill';
    return slot > lastSlot ? 'not-on-the-bill-yet' : 'unexplained';
  }
  if (!known.accounts.has(account)) return 'account-not-collected';
  if (!known.regions.has(`${account} ${region}`)) return 'region-not-collected';
  if (!tracker.days.has(slot.slice(0, 10))) return 'hours-not-collected';
  if (workgroup === null && hasWorkgroups) return 'no-workgroup-on-the-line';
  if (hasWorkgroups && !known.workgroups.has(`${account} ${region} ${workgroup}`)) return 'workgroup-not-collected';
  if ((usage?.unsharedQueries ?? 0) > 0) return 'dpus-not-told';
  return (usage?.openQueries ?? 0) > 0 ? 'still-open' : 'unexplained';
}

function tbOf(usage: TrackerUsage | null, { bytesPerTb, tracker }: Facts): number {
  if (usage === null) return 0;
  const basis = bytesPerTb ?? tracker.bytesPerTb ?? BINARY_TB;
  return (basis === DECIMAL_TB ? usage.decimalBytes : usage.binaryBytes) / basis;
}

/** TB of scans with a price: as the tracker's prices count them, and as the bill does. */
function pricedTbOf(usage: TrackerUsage | null, facts: Facts): { readonly ours: number; readonly bill: number } {
  if (usage === null) return { ours: 0, bill: 0 };
  const own = nearest(facts.tracker.bytesPerTb);
  const inBasis = (basis: number) =>
    basis === DECIMAL_TB
      ? (usage.decimalBytes - usage.unpricedDecimalBytes) / DECIMAL_TB
      : (usage.binaryBytes - usage.unpricedBinaryBytes) / BINARY_TB;
  return { ours: inBasis(own), bill: inBasis(facts.bytesPerTb ?? own) };
}

function nearest(bytesPerTb: number | null): number {
  return bytesPerTb !== null && Math.abs(bytesPerTb - DECIMAL_TB) < Math.abs(bytesPerTb - BINARY_TB)
    ? DECIMAL_TB
    : BINARY_TB;
}

function costs({ scanUsd, reservationUsd, binaryBytes }: TrackerUsage): boolean {
  return scanUsd !== 0 || reservationUsd !== 0 || binaryBytes !== 0;
}

function addReasons(all: readonly ComparedCell['reasons'][]): Partial<Record<Reason, number>> {
  const sums: Partial<Record<Reason, number>> = {};
  for (const reasons of all)
    for (const [reason, usd] of Object.entries(reasons) as [Reason, number][]) sums[reason] = (sums[reason] ?? 0) + usd;
  return sums;
}

function keyOf({ account, region, workgroup, slot }: ComparedCell): string {
  return [account, region, workgroup ?? '', slot].join('\n');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
