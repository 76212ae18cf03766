import type { Acceptance } from '../findings/finding.js';
import type { ReportStore } from '../ports/report-store.js';
import type { ScratchSpace } from '../ports/scratch-space.js';
import { acceptFindings, readAccepted } from '../tree/acceptances.js';
import { readChain } from '../tree/chain/chain.js';
import { workKey } from '../tree/layout.js';
import { sealDay } from '../tree/seals.js';
import { treeView } from '../tree/tree-view.js';
import type { CheckedHour, CheckedTree, VerifyRequest } from './checked.js';
import { createRowIds, type ReportPlace } from './row-ids.js';
import { verify } from './verify.js';
import { acceptableKeys, type ExaminedTree, type PlacedFault, type PlacedFinding, weigh } from './weigh.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What a whole verification says. */
export interface Examination {
  readonly trees: readonly ExaminedTree[];
  /** Hours of all trees, in order, tree by tree. */
  readonly hours: readonly CheckedHour[];
  /** Faults that lie in no hour, and that nobody accepted. */
  readonly treeFaults: readonly PlacedFault[];
  readonly findings: readonly PlacedFinding[];
}

/**
 * Verifies every hour, compares the hours with each other, and weighs what was found against what was accepted. With `accept`
 * everything that may be accepted is, first.
 */
export async function examine(
  request: Omit<VerifyRequest, 'onTree' | 'rowIds'> & {
    readonly scratch: ScratchSpace;
    readonly accept: Acceptance | null;
  },
): Promise<Examination> {
  const { store, scratch, accept } = request;
  const rowIds = createRowIds(scratch);
  const checked: CheckedTree[] = [];
  const hours: CheckedHour[] = [];
  for await (const hour of verify({ ...request, rowIds, onTree: (tree) => void checked.push(tree) })) hours.push(hour);
  const repeated = await rowIds.repeated((report) => idsOf(request, report));
  const trees: Writable<ExaminedTree>[] = checked.map((one) => ({
    ...one,
    hours: hours.filter(({ tree }) => tree === one.tree),
    // Told once, of the tree of the first of their hours.
    repeated: repeated.filter(({ hours: [first = ''] }) => treeOf(first) === one.tree),
  }));
  const treeFaults: PlacedFault[] = [];
  const findings: PlacedFinding[] = [];
  for (const tree of trees) {
    const keys = accept ? acceptableKeys(tree) : [];
    if (accept && keys.length > 0) {
      await acceptAndSeal(store, { tree, keys, acceptance: accept });
      tree.chain = await readChain(store, tree.tree);
    }
    const weighed = weigh(tree, await readAccepted(store, tree.tree));
    treeFaults.push(...weighed.faults);
    findings.push(...weighed.findings);
  }
  return { trees, hours, treeFaults, findings };
}

/** @throws Error where what was accepted before was changed by hand: sealing it anew would hide that */
async function acceptAndSeal(
  store: ReportStore,
  request: { readonly tree: ExaminedTree; readonly keys: readonly string[]; readonly acceptance: Acceptance },
): Promise<void> {
  const { tree, keys, acceptance } = request;
  if (tree.changed.has(workKey.accepted))
    throw new Error(
      `${tree.tree}${workKey.accepted} is not the one that was sealed: put it back from a backup, or remove it, and accept anew`,
    );
  await acceptFindings(store, { tree: tree.tree, keys, acceptance });
  if (tree.chain.length > 0)
    await sealDay({
      ...{ store: treeView(store, tree.tree), day: null, written: [workKey.accepted] },
      now: Date.parse(acceptance.acceptedAt),
    });
}

async function* idsOf({ store, codec, signal }: VerifyRequest, { key, format }: ReportPlace): AsyncGenerator<string> {
  const stream = await store.stream(key);
  if (!stream) return;
  try {
    for await (const row of codec.decode(format, stream)) {
      signal?.throwIfAborted();
      yield row.query_execution_id ?? `event ${row.event_id}`;
    }
  } catch {
    signal?.throwIfAborted(); // A report that cannot be read to its end is a fault of its hour.
  }
}

/** The tree in the name of an hour: `account=1/2026-11-01 07h`. */
function treeOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
