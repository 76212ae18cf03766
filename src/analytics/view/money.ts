/** Billionths of a dollar in a cent. */
const NANOS_PER_CENT = 10_000_000n;

/** Dollars and cents of an amount in billionths of a dollar, rounded half away from zero: `1,234.57`. */
export function usdText(nanos: bigint): string {
  return centsText(toCents(nanos));
}

export function centsText(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${cents < 0n ? '-' : ''}${whole}.${digits.slice(-2)}`;
}

export function toCents(nanos: bigint): bigint {
  const half = nanos < 0n ? -NANOS_PER_CENT / 2n : NANOS_PER_CENT / 2n;
  return (nanos + half) / NANOS_PER_CENT;
}

/**
 * Rounds amounts to cents so that they add up to the rounded sum: each is rounded down, and the cents that are left go to
 * the largest remainders, the earlier first among equals. No row is off by a cent or more.
 */
export function centsThatAddUp(nanos: readonly bigint[]): bigint[] {
  const total = toCents(nanos.reduce((sum, amount) => sum + amount, 0n));
  const cents = nanos.map((amount) => floorDivide(amount, NANOS_PER_CENT));
  const left = total - cents.reduce((sum, amount) => sum + amount, 0n);
  const byRemainder = nanos
    .map((amount, index) => ({ index, remainder: amount - (cents[index] ?? 0n) * NANOS_PER_CENT }))
    .sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.index - b.index));
  for (const { index } of byRemainder.slice(0, Number(left))) cents[index] = (cents[index] ?? 0n) + 1n;
  return cents;
}

function floorDivide(amount: bigint, by: bigint): bigint {
  const quotient = amount / by;
  return amount % by < 0n ? quotient - 1n : quotient;
}
