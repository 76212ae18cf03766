import type { Acceptance } from '../findings/finding.js';
import type { ReportStore } from '../ports/report-store.js';
import { hasMembers, isInstant, isMapOf, isText } from '../record/text/shape.js';
import { workKey } from './layout.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** What was accepted in a tree. */
export interface Acceptances {
  readonly schema: 1;
  /** By the finding's key, sorted. */
  readonly accepted: Readonly<Record<string, Acceptance>>;
}

const isFile = hasMembers({ schema: (value) => value === 1, accepted: isMapOf(() => true) });
const isAcceptance = hasMembers({ reason: isText, acceptedAt: isInstant });

/** Where it is damaged everything is told again, and can be accepted again; where one entry is, that one. */
export const ACCEPTANCES: TreeDocument<Acceptances> = {
  key: workKey.accepted,
  absent: { schema: 1, accepted: {} },
  parse: (value) => {
    if (!isFile(value)) return null;
    const { accepted } = value as Acceptances;
    return { schema: 1, accepted: Object.fromEntries(Object.entries(accepted).filter(([, one]) => isAcceptance(one))) };
  },
  whenDamaged: 'absent',
};

/** Reads what was accepted in a tree (its folder ends in `/`, or is empty), by key. */
export async function readAccepted(store: ReportStore, tree: string): Promise<Map<string, Acceptance>> {
  return new Map(Object.entries((await readDocument(store, ACCEPTANCES, tree)).accepted));
}

/** Keeps that findings were accepted, and why. What was accepted before keeps its reason. */
export async function acceptFindings(
  store: ReportStore,
  request: { readonly tree: string; readonly keys: readonly string[]; readonly acceptance: Acceptance },
): Promise<void> {
  const { tree, keys, acceptance } = request;
  const accept = ({ accepted }: Acceptances): Acceptances => {
    const all = { ...Object.fromEntries(keys.map((key) => [key, acceptance])), ...accepted };
    return { schema: 1, accepted: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))) };
  };
  await updateDocument(store, ACCEPTANCES, accept, tree);
}
