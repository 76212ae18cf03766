import { BINARY_TB, DECIMAL_TB } from '../../athena/prices.js';
import type { BillLine } from './bill-lines.js';
import type { TrackerUsage } from './tracker-usage.js';

/** AWS says TB and not which (aws-facts 6): the one that is nearer where both have usage, if it is near at all. */
export function basisOf(lines: readonly BillLine[], usage: readonly TrackerUsage[]): number | null {
  const billed = new Map<string, number>();
  for (const { kind, account, region, workgroup, amount } of lines) {
    if (kind !== 'scan') continue;
    const key = `${account} ${region} ${workgroup ?? ''}`;
    billed.set(key, (billed.get(key) ?? 0) + amount);
  }
  const bytes = new Map<string, { binary: number; decimal: number }>();
  for (const { account, region, workgroup, binaryBytes, decimalBytes } of usage) {
    const key = `${account} ${region} ${workgroup}`;
    const before = bytes.get(key) ?? { binary: 0, decimal: 0 };
    bytes.set(key, { binary: before.binary + binaryBytes, decimal: before.decimal + decimalBytes });
  }
  let votes = { binary: 0, decimal: 0 };
  for (const [key, tb] of billed) {
    const ours = bytes.get(key);
    if (ours === undefined || tb <= 0 || ours.binary <= 0) continue;
    const off = {
      binary: Math.abs(ours.binary / BINARY_TB / tb - 1),
      decimal: Math.abs(ours.decimal / DECIMAL_TB / tb - 1),
    };
    // The two are 10% apart: what is farther off than a third of that tells nothing.
    if (Math.min(off.binary, off.decimal) > 0.03) continue;
    votes =
      off.binary < off.decimal ? { ...votes, binary: votes.binary + tb } : { ...votes, decimal: votes.decimal + tb };
  }
  if (votes.binary === votes.decimal) return null;
  return votes.binary > votes.decimal ? BINARY_TB : DECIMAL_TB;
}
