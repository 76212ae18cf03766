import type { FaultKind, FaultPlan, FaultRule } from '../../src/simulator/wire/faults.js';
import type { Random } from '../../src/simulator/wire/random.js';

/** Every kind of fault and how often, relative to the others. */
const WEIGHTS: Readonly<Partial<Record<FaultKind, number>>> = {
  throttle: 3,
  'server-error': 3,
  timeout: 1,
  reset: 1,
  'reset-after': 1,
  'truncated-body': 2,
  'html-body': 2,
  'expired-token': 0.3,
  'clock-skew': 0.7,
  'duplicate-event': 6,
  'reordered-page': 6,
  // Most lists fit on a page: only short ones have tokens.
  'short-page': 30,
  'unprocessed-ids': 8,
  conflict: 2,
  precondition: 2,
};

/** A run makes a hundred times as many calls of S3 as of the others; with their share of faults none would ever end. */
const SHARE = { cloudtrail: 1, athena: 1, sts: 1, identitystore: 3, s3: 0.05 };
const SERVICES = ['cloudtrail', 'athena', 'sts', 'identitystore', 's3'] as const;

/** The client of S3 gives up at once at these, and a run of thousands of calls would never end. */
const NOT_OF_S3: readonly FaultKind[] = ['html-body', 'expired-token', 'clock-skew'];

/** Chooses what goes wrong: a level for the whole seed, from quiet to awful, and each kind in its share, until an instant. */
export function faultPlanOf(
  random: Random,
  { from, until }: { readonly from: number; readonly until: number },
): FaultPlan {
  const level = random.pick([0.002, 0.01, 0.01, 0.03]);
  const rules: FaultRule[] = [];
  for (const [kind, weight] of Object.entries(WEIGHTS) as [FaultKind, number][]) {
    if (random.chance(0.25)) continue;
    for (const service of SERVICES)
      if (service !== 's3' || !NOT_OF_S3.includes(kind))
        rules.push({
          kind,
          service,
          probability: Math.min(0.4, level * weight * SHARE[service]),
          until,
          delayMs: 20_000,
        });
  }
  if (random.chance(0.7))
    rules.push({
      kind: 'late-event',
      probability: 0.15,
      from,
      until,
      delayMs: random.pick([3, 9, 30, 200, 400]) * 3_600_000,
    });
  return { rules };
}
