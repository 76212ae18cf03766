import { createRandom, hash, type Random } from './random.js';
import type { ServiceName } from './service.js';

/** What can go wrong with a call. */
export type FaultKind =
  /** `ThrottlingException` (S3: 503 SlowDown), whatever the quota says. */
  | 'throttle'
  | 'server-error'
  /** No answer for `delayMs`, then the connection breaks. */
  | 'timeout'
  /** The connection breaks before the call has an effect. */
  | 'reset'
  /** The call has its effect, then the connection breaks: the caller cannot know. */
  | 'reset-after'
  /** Half of the answer, then the connection breaks. */
  | 'truncated-body'
  /** HTTP 400 with a page of HTML (aws-facts 2.1). */
  | 'html-body'
  | 'expired-token'
  | 'access-denied'
  /** The signature is said to be too old, and the `Date` header is off. */
  | 'clock-skew'
  /** A page of events repeats some of its entries. */
  | 'duplicate-event'
  /** The entries of a page or batch come in another order. */
  | 'reordered-page'
  /** A page ends early; the token goes on. */
  | 'short-page'
  /** A page token is refused, whatever its age. */
  | 'refused-token'
  /** Some ids of a batch come back unprocessed. */
  | 'unprocessed-ids'
  /** A share (`probability`) of the events of `[from, until)` becomes visible `delayMs` later. */
  | 'late-event'
  /** S3: 409 ConditionalRequestConflict. */
  | 'conflict'
  /** S3: 412 PreconditionFailed though nothing is wrong with the condition. */
  | 'precondition';

/** When a fault happens. All conditions that are given must hold; without `probability` or `calls` it always does. */
export interface FaultRule {
  readonly kind: FaultKind;
  readonly service?: ServiceName;
  readonly operation?: string;
  readonly region?: string;
  /** The account whose credentials sign the call. */
  readonly accountId?: string;
  /** For each call, in `[0, 1]`. */
  readonly probability?: number;
  /** Which of the calls that match service and operation, counted from 1. */
  readonly calls?: readonly number[];
  /** Simulated time, epoch milliseconds, `[from, until)`. */
  readonly from?: number;
  readonly until?: number;
  /** At most so many times. */
  readonly limit?: number;
  /** For `timeout`: how long the caller waits, 30 s when absent; for `late-event`: how much later, 6 h when absent. */
  readonly delayMs?: number;
}

export interface FaultPlan {
  readonly seed?: number;
  readonly rules: readonly FaultRule[];
}

/** A fault to inject, with a stream of chance for its details. */
export interface Fault {
  readonly kind: FaultKind;
  readonly delayMs: number;
  readonly random: Random;
}

export interface FaultInjector {
  /** How much later than it would an event becomes visible, milliseconds. */
  lateness(event: { number: number; time: number }): number;
  decide(call: {
    service: ServiceName;
    operation: string;
    region: string;
    accountId: string;
    fingerprint: number;
    now: number;
  }): Fault | null;
  /** Faults injected so far, by kind. */
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>;
}

/**
 * Decides per call. The dice are thrown for the content of the call and the number of times this very call was made, so
 * calls that overtake each other do not change each other's luck.
 */
export function createFaultInjector(seed: number, plan: FaultPlan): FaultInjector {
  const counts: Partial<Record<FaultKind, number>> = {};
  const seen = new Map<number, number>();
  const late = new Set<number>();
  const matched = plan.rules.map(() => 0);
  const injected = plan.rules.map(() => 0);
  return {
    counts,
    lateness({ number, time }) {
      let total = 0;
      for (const rule of plan.rules) {
        if (rule.kind !== 'late-event' || time < (rule.from ?? -Infinity) || time >= (rule.until ?? Infinity)) continue;
        const isLate = createRandom(plan.seed ?? seed, 'late', number).chance(rule.probability ?? 1);
        if (isLate) total += rule.delayMs ?? 6 * 3_600_000;
        if (isLate && !late.has(number)) counts['late-event'] = (counts['late-event'] ?? 0) + 1;
        if (isLate) late.add(number);
      }
      return total;
    },
    decide({ service, operation, region, accountId, fingerprint, now }) {
      if (plan.rules.length === 0) return null;
      const call = hash(service, operation, fingerprint);
      const occurrence = (seen.get(call) ?? 0) + 1;
      seen.set(call, occurrence);
      let chosen: Fault | null = null;
      plan.rules.forEach((rule, index) => {
        if (rule.service !== undefined && rule.service !== service) return;
        if (rule.operation !== undefined && rule.operation !== operation) return;
        if (rule.region !== undefined && rule.region !== region) return;
        if (rule.accountId !== undefined && rule.accountId !== accountId) return;
        if (!fits(rule.kind, service, operation)) return;
        const number = (matched[index] ?? 0) + 1;
        matched[index] = number;
        if (chosen || now < (rule.from ?? -Infinity) || now >= (rule.until ?? Infinity)) return;
        if ((injected[index] ?? 0) >= (rule.limit ?? Infinity)) return;
        if (rule.calls && !rule.calls.includes(number)) return;
        const random = createRandom(plan.seed ?? seed, 'fault', index, call, occurrence);
        if (rule.probability !== undefined && !random.chance(rule.probability)) return;
        injected[index] = (injected[index] ?? 0) + 1;
        counts[rule.kind] = (counts[rule.kind] ?? 0) + 1;
        chosen = { kind: rule.kind, delayMs: rule.delayMs ?? 30_000, random };
      });
      return chosen;
    },
  };
}

/** Tells whether a kind means anything for an operation: rules without a service stay away from the others. */
function fits(kind: FaultKind, service: ServiceName, operation: string): boolean {
  switch (kind) {
    case 'duplicate-event':
    case 'refused-token':
      return operation === 'LookupEvents';
    case 'reordered-page':
      return (
        operation === 'LookupEvents' || operation === 'BatchGetQueryExecution' || operation === 'ListQueryExecutions'
      );
    case 'short-page':
      return operation === 'LookupEvents' || operation === 'ListQueryExecutions' || operation === 'ListObjectsV2';
    case 'unprocessed-ids':
      return operation === 'BatchGetQueryExecution';
    case 'conflict':
    case 'precondition':
      return service === 's3' && (operation === 'PutObject' || operation === 'CompleteMultipartUpload');
    case 'late-event':
      return false;
    case 'expired-token':
    case 'access-denied':
    case 'throttle':
    case 'server-error':
    case 'timeout':
    case 'reset':
    case 'reset-after':
    case 'truncated-body':
    case 'html-body':
    case 'clock-skew':
      return true;
  }
}
