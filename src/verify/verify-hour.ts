import { type HourLabel, hourName } from '../calendar/hour-label.js';
import { CalendarError, type ReportDay, reportDay } from '../calendar/report-day.js';
import { hourFacts } from '../findings/facts.js';
import { decodeManifest } from '../record/encode-manifest.js';
import { ledgerFaults } from '../record/ledger.js';
import type { Manifest } from '../record/manifest.js';
import { type Chain, sealFault } from '../tree/chain/chain.js';
import { hourFolder, manifestKey, reportKey } from '../tree/layout.js';
import type { CheckedHour, Remedy, VerifyRequest } from './checked.js';
import { type CheckedEvidence, hasEvidence } from './verify-evidence.js';
import { verifyReport } from './verify-report.js';
import type { HourNames } from './verify-tree.js';

/** Proves one hour: its manifest's place, ledger and seal, its report's bytes, and that nothing else lies beside them. */
export async function verifyHour(
  request: VerifyRequest,
  hour: HourNames & {
    readonly tree: string;
    readonly chain: Chain;
    /** Days whose hours were planned before: neighbours share one. */
    readonly days: Map<string, ReportDay>;
    /** What lies in the evidence log; null in a copy of the reports alone, where nobody expects any. */
    readonly evidence: CheckedEvidence | null;
  },
): Promise<CheckedHour> {
  const { store } = request;
  const { tree, chain, label, names, evidence } = hour;
  const goneOf = (manifest: Manifest | null) =>
    evidence === null ? 0 : (manifest?.evidence.filter((name) => !evidence.names.has(name)).length ?? 0);
  const remedyOf = (manifest: Manifest | null): Remedy => {
    if (manifest?.evidence.some((name) => evidence?.damaged.has(name))) return 'restore';
    const isKept = goneOf(manifest) === 0 && (evidence === null || hasEvidence(evidence, label));
    return isKept ? 'mend' : 'collect';
  };
  const checked = (manifest: Manifest | null, faults: readonly string[], more: Partial<CheckedHour> = {}) => {
    const remedies = faults.length > 0 ? [remedyOf(manifest)] : [];
    const isFinal = manifest?.status === 'final';
    return { ...label, tree, manifest, faults, remedies, places: new Map(), facts: null, isFinal, ...more };
  };
  const stored = await store.read(tree + manifestKey(label));
  if (!stored)
    return checked(null, ['there is a report but no manifest: the hour was not finished, or it was removed']);
  const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
  if (typeof manifest === 'string') return checked(null, [`the manifest is damaged: ${manifest}`]);
  const faults = [...placeFaults(manifest, label, hour.days), ...ledgerFaults(manifest.ledger)];
  const unsealed = sealFault(chain, label, stored.bytes);
  if (unsealed) faults.push(unsealed);
  const expected = reportKey(label, manifest.format);
  if (manifest.report.key !== expected)
    faults.push(`the manifest names the report ${manifest.report.key}, the contract ${expected}`);
  const onId = request.rowIds?.of(`${tree}${hourName(label)}`, tree + expected, manifest.format);
  const report = await verifyReport(request, tree + expected, { manifest, ...(onId ? { onId } : {}) });
  faults.push(...report.faults);
  const strays = names.filter((name) => name !== '_manifest.json' && `${hourFolder(label)}${name}` !== expected);
  const { places, unattributed, conflict } = report;
  const partsGone = goneOf(manifest);
  if (partsGone === 0) faults.push(...(await recomputeFaults(request, tree, manifest)));
  const facts = { ...hourFacts(manifest, { unattributed, conflict, partsGone }), ...label };
  if (strays.length === 0) return checked(manifest, faults, { facts, places });
  const { remedies } = checked(manifest, faults);
  const beside = strays.map((name) => `there is a file that does not belong: ${name}`);
  return checked(manifest, [...faults, ...beside], { facts, places, remedies: [...remedies, 'remove'] });
}

/** Compares a report with the one that its evidence makes now, where that was asked for. */
async function recomputeFaults(
  { recompute, signal }: VerifyRequest,
  tree: string,
  manifest: Manifest,
): Promise<string[]> {
  if (!recompute) return [];
  try {
    const { sha256, lacksDefinitions } = await recompute(tree, manifest);
    const isOther = sha256 !== manifest.report.sha256;
    return [
      ...(isOther
        ? [
            `made again from its evidence the report is another (sha256 ${sha256}): it was changed, or made by another version of this program: ${manifest.generator}`,
          ]
        : []),
      ...(lacksDefinitions
        ? [
            'its texts define prepared statements or views that _work/definitions/ does not tell: a file there was edited or lost',
          ]
        : []),
    ];
  } catch (error) {
    signal?.throwIfAborted();
    return [`the report cannot be made again: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** The manifest speaks of the hour it lies beside, and its window is that label's. */
function placeFaults(manifest: Manifest, label: HourLabel, days: Map<string, ReportDay>): string[] {
  if (manifest.reportDate !== label.reportDate || manifest.hour !== label.hour) {
    return [`the manifest is that of ${manifest.reportDate} hour ${manifest.hour}`];
  }
  try {
    const name = `${label.reportDate} ${manifest.timezone}`;
    const day = days.get(name) ?? reportDay(label.reportDate, manifest.timezone);
    days.set(name, day);
    const hour = day.hours.find((one) => one.hour === label.hour);
    const isRight =
      hour &&
      Date.parse(manifest.window.start) === hour.window.start &&
      Date.parse(manifest.window.end) === hour.window.end;
    return isRight
      ? []
      : [`the window ${manifest.window.start} to ${manifest.window.end} is not this hour's in ${manifest.timezone}`];
  } catch (error) {
    if (error instanceof CalendarError) return [`the manifest's time zone: ${error.message}`];
    throw error;
  }
}
