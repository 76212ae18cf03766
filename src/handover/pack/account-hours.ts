import { reportDays } from '../../calendar/report-day.js';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { Manifest } from '../../record/manifest.js';
import { hourFolder, manifestKey } from '../../tree/layout.js';
import type { HourOfTree } from '../feeds/list-hours.js';
import { readHourRows } from '../feeds/read-hour.js';
import type { PackedHour } from './pack-document.js';

/** What verification found of an hour. */
export interface FaultyHour {
  readonly tree: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly faults: readonly string[];
}

/** An hour of the range, and what is there of it. */
export interface AccountedHour {
  /** Without the rows that were asked for, which are counted when they are written. */
  readonly account: Omit<PackedHour, 'selected'>;
  /** Bytes of its manifest; null where there is none. */
  readonly manifestBytes: Uint8Array | null;
  /** The hour, where its rows can be trusted. */
  readonly hour: HourOfTree | null;
}

/**
 * Accounts for every hour between two days of one tree, in order. An hour with a fault is looked at closely: its rows go into a
 * pack only when its report is the one that its manifest speaks of.
 */
export async function* accountHours(request: {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  readonly tree: { readonly number: number; readonly name: string };
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly faulty: readonly FaultyHour[];
  readonly signal?: AbortSignal;
}): AsyncGenerator<AccountedHour> {
  const { store, codec, tree, from, to, timezone, signal } = request;
  const faults = new Map(
    request.faulty.filter((one) => one.tree === tree.name).map((one) => [hourFolder(one), one.faults]),
  );
  for (const { hours } of reportDays({ from, to, timezone })) {
    for (const label of hours) {
      signal?.throwIfAborted();
      const found = faults.get(hourFolder(label)) ?? [];
      const stored = await store.read(tree.name + manifestKey(label));
      const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
      const base = {
        ...{ tree: tree.number, reportDate: label.reportDate, hour: label.hour, faults: found },
        start: new Date(label.window.start).toISOString(),
        end: new Date(label.window.end).toISOString(),
      };
      const manifestBytes = stored?.bytes ?? null;
      if (manifest === null || typeof manifest === 'string') {
        const state = manifest === null && found.every(isAbsence) ? 'missing' : 'faulty';
        yield { account: { ...base, state, rows: null }, manifestBytes, hour: null };
        continue;
      }
      const hour = { tree: tree.name, label, folder: tree.name + hourFolder(label), manifest };
      const isTrusted = found.length === 0 || (await isReadable({ store, codec }, hour));
      const state = found.length > 0 ? 'faulty' : stateOf(manifest);
      yield {
        account: { ...base, state, rows: manifest.report.rows },
        manifestBytes,
        hour: isTrusted ? hour : null,
      };
    }
  }
}

function stateOf({ status }: Manifest): PackedHour['state'] {
  return status === 'final' ? 'complete' : 'open';
}

/** What verification says of an hour of which there is nothing at all. */
function isAbsence(fault: string): boolean {
  return fault.startsWith('the hour is missing') || fault.startsWith('the hour was sealed and is gone');
}

async function isReadable(
  reader: { readonly store: ReportStore; readonly codec: ReportCodec },
  hour: HourOfTree,
): Promise<boolean> {
  try {
    for await (const _ of readHourRows(reader, hour));
    return true;
  } catch {
    // The faults that verification told are in the pack.
    return false;
  }
}
