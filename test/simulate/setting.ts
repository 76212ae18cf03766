import type { ReportDay } from '../../src/calendar/report-day.js';
import type { ReportFormat } from '../../src/record/manifest.js';
import { buildCompany } from '../../src/simulator/company/company.js';
import type { WorldOptions } from '../../src/simulator/history/world-options.js';
import type { FaultRule } from '../../src/simulator/wire/faults.js';
import type { Random } from '../../src/simulator/wire/random.js';
import { faultPlanOf } from './fault-plan.js';
import { daysOf, someHoursOf } from './known-truth.js';

/** What a crowded story is played on. */
export interface Setting {
  readonly source: 'lookup' | 'trail';
  readonly startsAt: number;
  readonly endsAt: number;
  readonly days: readonly ReportDay[];
  readonly company: Omit<WorldOptions, 'seed'>;
  readonly format: ReportFormat;
  readonly regions: readonly string[];
  /** Accounts that are read by a role, and the main one first. */
  readonly accountIds: readonly string[];
  /** Of the trail: with the organization's id, or of the main account alone. */
  readonly layout: 'account' | 'organization';
  /** Before `AWSLogs/`; empty for none. */
  readonly prefix: string;
  readonly hasDigests: boolean;
  readonly hasTable: boolean;
  /** Workgroups whose executions nobody may read. */
  readonly denied: readonly string[];
  readonly pageSize: number;
  readonly rules: readonly FaultRule[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TRAIL_SHARE = 0.3;
const ROLE_SHARE = 0.3;
/** Trees of some hours only: days of which only some hours are collected are not closed, and take a third of the time. */
const PART_SHARE = 0.5;
const TABLE_SHARE = 0.15;
/** Making the keys takes half a second. */
const DIGEST_SHARE = 0.3;

/** Chooses the setting of a seed: sources, accounts, sizes, and what goes wrong until when. */
export function settingOf(seed: number, random: Random): Setting {
  const source = random.chance(TRAIL_SHARE) ? 'trail' : 'lookup';
  const isTrail = source === 'trail';
  const { main, sandbox, tools } = buildCompany({ seed, deletedAt: null }).accounts;
  const layout = isTrail && random.chance(0.4) ? 'organization' : 'account';
  const hasRole = !isTrail && random.chance(ROLE_SHARE);
  const accountIds = layout === 'organization' ? [main, sandbox, tools] : hasRole ? [main, sandbox] : [main];
  const hasTable = accountIds.length === 1 && random.chance(TABLE_SHARE);
  const hasDigests = layout === 'account' && isTrail && random.chance(DIGEST_SHARE);
  const startsAt = random.pick([Date.UTC(2026, 9, 14, 4), Date.UTC(2026, 9, 14, 4), Date.UTC(2026, 10, 1, 4)]);
  const endsAt = startsAt + random.pick([1, 1, 1, 2]) * DAY_MS;
  const whole = daysOf(startsAt, endsAt);
  return {
    ...{ source, layout, accountIds, hasTable, hasDigests, startsAt, endsAt },
    days: random.chance(PART_SHARE) ? someHoursOf(whole, random) : whole,
    company: {
      startsAt,
      days: (endsAt - startsAt) / DAY_MS,
      queriesPerDay: isTrail ? random.int(15, 35) : random.int(40, 90),
      noisePerDay: 2,
      legacyDeletedAfterDays: null,
      // Bursts, so that one second begins on one page and ends on the next; a trail's files hold several events each.
      ...(isTrail || random.chance(0.8) ? { gatherMs: random.pick([20, 60, 120]) * MINUTE_MS } : {}),
      delivery: {
        typicalMs: 150_000,
        lateShare: random.pick([0.1, 0.4, 0.7]),
        lateMaxMs: hasDigests ? 20 * HOUR_MS : random.pick([3 * HOUR_MS, 26 * HOUR_MS, 6 * DAY_MS, 17 * DAY_MS]),
      },
      rates: {
        ...{ refused: 0.05, failed: 0.06, cancelled: 0.04, long: 0.04, reused: 0.04, requeued: 0.05 },
        ...{ repeated: 0.08, conflicting: 0.02, unseen: 0.06 },
      },
    },
    format: random.chance(0.05) ? 'parquet' : random.pick(['csv', 'csv', 'json']),
    // A trail shows every Region; what ran unseen is known of those alone whose lists are read.
    regions: isTrail || random.chance(0.3) ? ['us-east-1', 'eu-west-1'] : ['us-east-1'],
    prefix: random.pick(['', 'logs', 'security/trail']),
    denied: random.chance(hasTable ? 0.5 : 0.1) ? ['finance'] : [],
    pageSize: isTrail ? 50 : random.pick([3, 5, 8, 50]),
    rules: rulesOf(random, { startsAt, endsAt, accountIds }),
  };
}

function rulesOf(
  random: Random,
  {
    startsAt,
    endsAt,
    accountIds,
  }: { readonly startsAt: number; readonly endsAt: number; readonly accountIds: readonly string[] },
): FaultRule[] {
  const until = endsAt + 20 * DAY_MS;
  // What is late is late in the world itself: a trail's files and LookupEvents then tell the same.
  const rules = faultPlanOf(random, { from: startsAt, until }).rules.filter(({ kind }) => kind !== 'late-event');
  const refused: FaultRule = { kind: 'refused-token', probability: random.pick([0.02, 0.1, 0.25]), until };
  const [, ...others] = accountIds;
  if (others.length === 0) return [...rules, refused];
  return [...rules, refused, ...outageOf(random, { accountId: random.pick(others), endsAt })];
}

/** One account that nobody may read for hours or days: its role may not be assumed, or its sessions are worth nothing. */
function outageOf(
  random: Random,
  { accountId, endsAt }: { readonly accountId: string; readonly endsAt: number },
): FaultRule[] {
  const span = { from: endsAt, until: endsAt + random.pick([0, 2, 30, 100]) * HOUR_MS };
  return random.pick<FaultRule[]>([
    [{ kind: 'access-denied', service: 'sts', operation: 'AssumeRole', ...span }],
    [{ kind: 'expired-token', service: 'sts', operation: 'AssumeRole', ...span }],
    [{ kind: 'access-denied', service: 'cloudtrail', accountId, ...span }],
    [{ kind: 'expired-token', service: 'cloudtrail', accountId, ...span }],
    [{ kind: 'server-error', service: 'athena', accountId, ...span }],
    [{ kind: 'access-denied', service: 'athena', accountId, ...span }],
  ]);
}
