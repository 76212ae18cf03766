import { type ReservationUse, reservationsOf } from '../../analytics/cost/reservations.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';

/** Reservations of a view; none where filters choose among queries, for idle capacity matches no filter. */
export async function reservationsIn(run: RunSql, { window, filters }: Scope): Promise<readonly ReservationUse[]> {
  return filters.length > 0 ? [] : reservationsOf(run, window);
}

/** What reservations cost, a line each: what queries used is in their cost, what nobody used in no line. */
export function reservationLines(reservations: readonly ReservationUse[]): string[] {
  return reservations.map((one) => [...costOf(one), ...notes(one)].join('; '));
}

function costOf(one: ReservationUse): string[] {
  const place = `${one.account_id} ${one.region}`;
  if (one.name === null)
    return [
      `${queries(one.queries)} in ${place} ran on capacity of which no closing tells a reservation: ${usd(one.used_usd)}`,
    ];
  const cost =
    one.dpu_hours === null
      ? `cost not known (${one.unknown_hours} of ${one.hours} hours: ${one.unknown ?? ''})`
      : `${round(one.dpu_hours)} DPU-hours, ${one.billed_usd === null ? `no price known for ${one.region}` : usd(one.billed_usd)}`;
  const idle =
    one.idle_usd !== null
      ? `${usd(one.idle_usd)} idle, in no line above`
      : one.dpu_hours !== null && one.used_dpu_hours !== null
        ? `${round(Math.max(one.dpu_hours - one.used_dpu_hours, 0))} DPU-hours idle, in no line above`
        : 'what was idle is not known';
  return [
    `reservation ${one.name} (${place}): ${cost}`,
    `${usd(one.used_usd)} used by ${queries(one.queries)} above`,
    idle,
  ];
}

function notes({ over_dpu_hours, queries_without_dpus }: ReservationUse): string[] {
  return [
    ...((over_dpu_hours ?? 0) > 0.005
      ? [`queries claim ${round(over_dpu_hours ?? 0)} DPU-hours more than there were`]
      : []),
    ...(queries_without_dpus > 0
      ? [
          `of ${queries(queries_without_dpus)} Athena told no DPUs: what they used is in no line, and not apart from idle time`,
        ]
      : []),
  ];
}

function queries(count: number): string {
  return count === 1 ? '1 query' : `${count} queries`;
}

function usd(amount: number): string {
  return amount > 0 && amount < 0.01 ? '<$0.01' : `$${amount.toFixed(2)}`;
}

function round(amount: number): string {
  return String(Number(amount.toFixed(2)));
}
