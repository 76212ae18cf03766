import { createHash } from 'node:crypto';
import { hourName } from '../../calendar/hour-label.js';
import { reportDays } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { ledgerFaults } from '../../record/ledger.js';
import type { Manifest } from '../../record/manifest.js';
import { type Chain, readChain, sealFault } from '../../tree/chain/chain.js';
import { manifestKey } from '../../tree/layout.js';
import type { PackDocument, PackedHour } from '../pack/pack-document.js';

/** An hour of a pack, with its manifest where there is one. */
export interface CheckedPackHour {
  readonly hour: PackedHour;
  readonly manifest: Manifest | null;
}

/**
 * Proves that every hour of the range is accounted for in every tree, that each enclosed manifest is the one that was sealed and speaks
 * of its hour, and that the account says what the manifest says.
 */
export async function verifyHours(request: {
  readonly pack: PackDocument;
  readonly hours: readonly PackedHour[];
  readonly storeOf: (tree: number) => ReportStore;
}): Promise<{ readonly checked: readonly CheckedPackHour[]; readonly faults: readonly string[] }> {
  const { pack, hours, storeOf } = request;
  const faults: string[] = [];
  const checked: CheckedPackHour[] = [];
  const expected = reportDays(pack).flatMap((day) => day.hours);
  const names = new Map(hours.map((hour) => [nameOf(hour), hour]));
  if (names.size !== hours.length) faults.push('hours.json names an hour twice');
  for (const tree of pack.trees) {
    const store = storeOf(tree.number);
    const chain = await readChain(store, '');
    faults.push(...chainFaults(chain, tree));
    for (const label of expected) {
      const name = nameOf({ tree: tree.number, ...label });
      const hour = names.get(name);
      names.delete(name);
      if (!hour) {
        faults.push(`${name}: the hour is not in the pack`);
        continue;
      }
      const found = await verifyHour({ hour, window: label.window, store, chain });
      faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
      checked.push({ hour, manifest: found.manifest });
    }
  }
  for (const name of names.keys()) faults.push(`${name}: the hour is none of the range`);
  return { checked, faults };
}

function chainFaults(chain: Chain, { number, seals, head }: PackDocument['trees'][number]): string[] {
  const place = `trees/${number}`;
  return [
    ...(chain.length === seals ? [] : [`${place}: there are ${chain.length} seals, ${seals} were enclosed`]),
    ...(chain.head === head
      ? []
      : [`${place}: the head of the chain is ${chain.head ?? 'none'}, the pack says ${head ?? 'none'}`]),
  ];
}

async function verifyHour(request: {
  readonly hour: PackedHour;
  readonly window: { readonly start: number; readonly end: number };
  readonly store: ReportStore;
  readonly chain: Chain;
}): Promise<{ readonly manifest: Manifest | null; readonly faults: readonly string[] }> {
  const { hour, window, store, chain } = request;
  const faults: string[] = [];
  const stored = await store.read(manifestKey(hour));
  const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
  if (Date.parse(hour.start) !== window.start || Date.parse(hour.end) !== window.end)
    faults.push(`its window ${hour.start} to ${hour.end} is not this hour's`);
  if (hour.state === 'missing')
    return {
      manifest: null,
      faults: stored ? [...faults, 'it is said to be missing, and its manifest is here'] : faults,
    };
  // What is told as faulty is not proven again.
  if (hour.state === 'faulty') return { manifest: typeof manifest === 'string' ? null : manifest, faults };
  if (manifest === null || typeof manifest === 'string')
    return { manifest: null, faults: [...faults, `its manifest is ${manifest ?? 'not in the pack'}`] };
  faults.push(...ledgerFaults(manifest.ledger));
  const unsealed = sealFault(chain, hour, stored?.bytes ?? null);
  if (unsealed !== null) faults.push(unsealed);
  if (manifest.reportDate !== hour.reportDate || manifest.hour !== hour.hour)
    faults.push(`its manifest is that of ${hourName(manifest)}`);
  if (manifest.report.rows !== hour.rows)
    faults.push(`its manifest speaks of ${manifest.report.rows} rows, the pack of ${hour.rows}`);
  if ((manifest.status === 'final') !== (hour.state === 'complete'))
    faults.push(`its manifest says ${manifest.status}, the pack ${hour.state}`);
  return { manifest, faults };
}

/** Names an hour of a pack for people. */
export function nameOf({ tree, ...label }: Pick<PackedHour, 'tree' | 'reportDate' | 'hour'>): string {
  return `${tree === 1 ? '' : `tree ${tree}, `}${hourName(label)}`;
}

/** sha256 in hex of what a stream gives. */
export async function hashOfStream(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
