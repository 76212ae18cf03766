import type { DuckDBConnection } from '@duckdb/node-api';
import { LIST_PRICES, type PriceTable, priceOf } from '../../athena/prices.js';
import { parsePrices } from '../../athena/prices-file.js';
import { type ReservationEvidence, reservationHours } from '../../athena/reservation-hours.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readInputHashes, readInputs } from '../../tree/kept-inputs.js';
import { treeView } from '../../tree/tree-view.js';
import { rowsOf } from './duck.js';
import { insertRows } from './insert-rows.js';
import { literal } from './sql-text.js';

/** One reservation, and a tree that kept evidence of it. */
interface Reservation {
  readonly tree: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly evidence: { -readonly [K in keyof ReservationEvidence]: ReservationEvidence[K][number][] };
}

/**
 * Computes `reservation_hour_log` anew from what closings say of reservations, and the prices that rows are made with now, for
 * the time that reports cover.
 */
export async function foldReservations(
  connection: DuckDBConnection,
  { store, onWarning }: { readonly store: ReportStore; readonly onWarning?: (message: string) => void },
): Promise<void> {
  await connection.run('DELETE FROM reservation_hour_log');
  const reservations = await readEvidence(connection);
  if (reservations.length === 0) return;
  const [first] = await rowsOf(connection, 'SELECT epoch_ms(min(window_start)) AS since FROM hour_log');
  const since = typeof first?.since === 'number' ? first.since : null;
  if (since === null) return;
  const pricesOf = pricesReader(store, onWarning);
  for (const { tree, accountId, region, name, evidence } of reservations) {
    const prices = await pricesOf(tree);
    const rows = reservationHours(evidence, since).map(({ hour, dpuHours, workGroups }) => {
      const price = prices && priceOf(prices, 'reservation', { region, accountId, at: hour });
      return [
        ...[literal(accountId), literal(region), literal(name), `make_timestamp(${hour * 1000})`],
        workGroups === null ? 'NULL' : `[${workGroups.map(literal).join(', ')}]::VARCHAR[]`,
        ...[dpuHours ?? 'NULL', price && 'usd' in price ? price.usd : 'NULL'],
      ];
    });
    await insertRows(connection, 'reservation_hour_log', rows);
  }
}

async function readEvidence(connection: DuckDBConnection): Promise<Reservation[]> {
  const reservations = new Map<string, Reservation>();
  const of = (row: Readonly<Record<string, unknown>>): Reservation['evidence'] => {
    const [accountId, region, name] = [row.account_id, row.region, row.name].map(String) as [string, string, string];
    const key = `${accountId} ${region} ${name}`;
    const evidence = { sightings: [], changes: [] };
    const known = reservations.get(key) ?? { tree: String(row.tree), accountId, region, name, evidence };
    reservations.set(key, known);
    return known.evidence;
  };
  const sightings = await rowsOf(
    connection,
    `SELECT *, epoch_ms(seen_at) AS seen, ${iso('created_at')}, ${iso('allocated_at')} FROM reservation_log WHERE seen_at IS NOT NULL ORDER BY ALL`,
  );
  for (const row of sightings)
    of(row).sightings.push({
      ...{ name: String(row.name), status: String(row.status), failure: null, seenAt: Number(row.seen) },
      ...{ targetDpus: Number(row.target_dpus), allocatedDpus: Number(row.allocated_dpus) },
      ...{ createdAt: String(row.created_at_text), allocatedAt: text(row.allocated_at_text) },
      workGroups: list(row.workgroups),
    });
  const changes = await rowsOf(
    connection,
    `SELECT DISTINCT ON (event_id) *, ${iso('changed_at')} FROM reservation_change_log ORDER BY event_id, file`,
  );
  for (const row of changes)
    of(row).changes.push({
      ...{ eventId: String(row.event_id), at: String(row.changed_at_text), event: String(row.event) },
      ...{ name: String(row.name), targetDpus: row.target_dpus === null ? null : Number(row.target_dpus) },
      ...{ workGroups: list(row.workgroups), principalArn: text(row.principal_arn) },
    });
  return [...reservations.values()];
}

/** Reads the prices of each tree once; null where they cannot be read, which is told. */
function pricesReader(store: ReportStore, onWarning: ((message: string) => void) | undefined) {
  const known = new Map<string, PriceTable | null>();
  return async (tree: string): Promise<PriceTable | null> => {
    const before = known.get(tree);
    if (before !== undefined) return before;
    let table: PriceTable | null = null;
    try {
      const view = treeView(store, tree);
      const { prices: hash } = await readInputHashes(view);
      const { prices } = hash === undefined ? {} : await readInputs(view, { prices: hash });
      table = prices === undefined ? LIST_PRICES : parsePrices(prices);
    } catch (error) {
      onWarning?.(`reservations have no price: ${error instanceof Error ? error.message : String(error)}`);
    }
    known.set(tree, table);
    return table;
  };
}

function iso(column: string): string {
  return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}_text`;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function list(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}
