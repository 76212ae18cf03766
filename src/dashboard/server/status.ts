import { unreadPlaces } from '../../analytics/audit/places.js';
import { rowsHeld } from '../rows/need-rows.js';
import type { DashboardContext } from './context.js';
import type { Snapshot } from './live-cache.js';

/** What every page asks again and again: what is collected, and whether a newer generation is there. */
export function statusOf(context: DashboardContext) {
  const snapshot = context.live.current();
  return {
    version: context.version,
    location: context.location,
    program: context.program,
    isAuditor: context.isAuditor,
    sensitive: context.sensitive,
    hasChargeback: hasCostCenters(context),
    /** Null before the first generation, as the three below. */
    generation: snapshot?.cache.generation ?? null,
    coverage: snapshot?.coverage ?? null,
    places: snapshot ? placeSummary(snapshot) : null,
    /** Which rows are here; null where all are. */
    rows: snapshot ? rowsOf(context, snapshot) : null,
    cache: { bytes: snapshot?.bytes ?? 0, limitBytes: context.cacheLimitBytes },
    /** Days that are listed and not read yet, before the first generation. */
    reading: snapshot ? null : daysListed(context),
    sync: context.status(),
    now: context.now(),
  };
}

function daysListed({ listed }: DashboardContext) {
  const found = listed();
  return found && { from: found.from, to: found.to };
}

function rowsOf(context: DashboardContext, snapshot: Snapshot) {
  const held = rowsHeld(snapshot);
  return held && { ...held, ...context.rows().status() };
}

export type Status = ReturnType<typeof statusOf>;

/** How many accounts and Regions there are, and which of them lack something that nobody accepted. */
function placeSummary({ places }: Snapshot) {
  return {
    count: places.length,
    accounts: new Set(places.map(({ accountId }) => accountId)).size,
    regions: new Set(places.map(({ region }) => region)).size,
    unread: unreadPlaces(places),
  };
}

export function hasCostCenters({ directory }: DashboardContext): boolean {
  const named = [...directory.teams, ...directory.people].some(({ costCenter }) => costCenter !== null);
  return named || directory.chargeback.length > 0;
}
