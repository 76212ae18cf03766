import type { ReportStore } from '../../src/ports/report-store.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { EvidenceCheck } from './evidence-tampering.js';
import { contradictionsHidden, damageHidden, envelopesUnread, unreadHidden } from './planted-file-faults.js';
import {
  closingsSilenced,
  namedAlike,
  partsAfterCheckpoint,
  unconditional,
  zoneNotPinned,
} from './planted-store-faults.js';
import { lateFilesUnlisted, outageBelieved, pagesNotFollowed, restartSkips } from './planted-wire-faults.js';
import type { Setting } from './setting.js';
import type { DigestCheck } from './tampering.js';

/** A world that behaves as if the product had a fault; each part wraps what the product uses. */
export interface Mischief {
  /** The store of one process. */
  readonly store?: (store: ReportStore) => ReportStore;
  /** What comes back over the wire. */
  readonly answer?: (simulator: Simulator) => Simulator['answer'];
  readonly check?: (check: DigestCheck) => DigestCheck;
  /** The store of a process that writes with another time zone. */
  readonly otherZone?: (store: ReportStore) => ReportStore;
  readonly evidence?: (check: EvidenceCheck) => EvidenceCheck;
}

export interface PlantedFault {
  /** What the product would do. */
  readonly name: string;
  readonly mischief: Mischief;
  /** The first seed that was seen to find it. */
  readonly seed: number;
  /** Settings in which it can do any harm; all when absent. */
  readonly fits?: (setting: Setting) => boolean;
}

const isTrail = ({ source }: Setting) => source === 'trail';
const isLookup = ({ source }: Setting) => source === 'lookup';
const hasDigests = ({ hasDigests }: Setting) => hasDigests;
const hasForeignFiles = ({ source, hasDigests }: Setting) => source === 'trail' && !hasDigests;

/** Faults that the judge must find in some seed of a few: a judge that finds nothing proves nothing. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  { name: 'parts of the evidence are named alike: one hides the other', seed: 1, mischief: { store: namedAlike } },
  { name: 'a seal is written over a newer one', seed: 8, mischief: { store: unconditional(/^_work\/seals\//) } },
  {
    name: 'a checkpoint is written before the parts it speaks of',
    seed: 35,
    mischief: { store: partsAfterCheckpoint },
  },
  {
    name: 'a scan that begins again after a refused token skips a second',
    seed: 16,
    mischief: { answer: restartSkips },
    fits: isLookup,
  },
  { name: 'a page is taken for the last one', seed: 5, mischief: { answer: pagesNotFollowed }, fits: isLookup },
  {
    name: 'an account that may not be read counts as one without queries',
    seed: 12,
    mischief: { answer: outageBelieved },
    fits: ({ source, rules }) => source === 'lookup' && rules.some(({ accountId }) => accountId !== undefined),
  },
  {
    name: 'log files that come days later are not looked for',
    seed: 17,
    mischief: { answer: lateFilesUnlisted },
    fits: isTrail,
  },
  { name: 'a damaged log file counts as an empty one', seed: 1, mischief: { answer: damageHidden }, fits: isTrail },
  {
    name: 'any signature of a digest is believed',
    seed: 25,
    mischief: { check: withoutFindings(/its signature is wrong/) },
    fits: hasDigests,
  },
  {
    name: 'any key of a digest is believed',
    seed: 112,
    mischief: { check: withoutFindings(/AWS knows no public key/) },
    fits: hasDigests,
  },
  {
    name: 'a digest that is gone is not missed',
    seed: 25,
    mischief: { check: withoutFindings(/is missing/) },
    fits: hasDigests,
  },
  {
    name: 'nobody hears that the system table names somebody else',
    seed: 8,
    mischief: { store: closingsSilenced },
    fits: ({ hasTable }) => hasTable,
  },
  {
    name: 'an envelope that is not known counts as a file without records',
    seed: 1,
    mischief: { answer: envelopesUnread },
    fits: hasForeignFiles,
  },
  {
    name: 'a file that cannot be read is not told',
    seed: 1,
    mischief: { answer: unreadHidden },
    fits: hasForeignFiles,
  },
  {
    name: 'one of two contradicting copies is believed',
    seed: 1,
    mischief: { answer: contradictionsHidden },
    fits: hasForeignFiles,
  },
  { name: 'another time zone is accepted', seed: 1, mischief: { otherZone: zoneNotPinned } },
  { name: 'edited evidence is not found', seed: 1, mischief: { evidence: blindTo(/was changed/) } },
  { name: 'lost evidence is not found', seed: 1, mischief: { evidence: blindTo(/parts are gone/) } },
  { name: 'added evidence is not found', seed: 1, mischief: { evidence: blindTo(/no manifest/) } },
];

function blindTo(kind: RegExp): (check: EvidenceCheck) => EvidenceCheck {
  return (check) => async (store) => (await check(store)).filter((finding) => !kind.test(finding));
}

function withoutFindings(kind: RegExp): (check: DigestCheck) => DigestCheck {
  return (check) => async (options, io) => {
    const checked = await check(options, io);
    return { ...checked, findings: checked.findings.filter((finding) => !kind.test(finding)) };
  };
}
