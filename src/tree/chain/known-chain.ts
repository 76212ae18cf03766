import { createHash } from 'node:crypto';
import type { ReportStore } from '../../ports/report-store.js';
import { workFolder, workKey } from '../layout.js';
import { encodeDocument, readDocument, type TreeDocument } from '../update.js';
import { type Chain, type KnownChain, readChain } from './chain.js';

/** What the chain said at a seal; some 110 bytes an hour, a megabyte a year. Rewritten so seldom, it costs less than reading seals does. */
const SEALS_BETWEEN = 32;

/** As it is kept: maps are lists of pairs. Whoever verifies reads every seal, and not this. */
interface KeptChain {
  readonly schema: 1;
  readonly length: number;
  readonly last: number;
  readonly head: string;
  readonly manifests: readonly (readonly [string, string])[];
  readonly documents: readonly (readonly [string, string])[];
}

const KEPT: TreeDocument<KeptChain | null> = {
  key: workKey.knownChain,
  absent: null,
  parse: (value) => {
    const kept = value as Partial<KeptChain> | null;
    const isWhole =
      kept?.schema === 1 &&
      Number.isInteger(kept.length) &&
      Number.isInteger(kept.last) &&
      typeof kept.head === 'string' &&
      [kept.manifests, kept.documents].every(Array.isArray);
    return isWhole ? (kept as KeptChain) : null;
  },
  whenDamaged: 'absent',
};

/**
 * Reads the chain of a tree for whoever adds to it: what was kept of it, and the seals after that. Where what was kept does not fit
 * the seals, all of them are read.
 */
export async function readKnownChain(store: ReportStore): Promise<Chain & { readonly keptAt: number }> {
  const kept = await readDocument(store, KEPT);
  if (!kept || !(await isPartOf(store, kept))) return { ...(await readChain(store, '')), keptAt: 0 };
  const known: KnownChain = {
    ...kept,
    manifests: new Map(kept.manifests),
    documents: new Map(kept.documents),
  };
  return { ...(await readChain(store, '', known)), keptAt: kept.last };
}

/** Keeps what the chain says, when it has grown enough since it was last kept. */
export async function keepKnownChain(store: ReportStore, chain: Chain & { readonly keptAt: number }): Promise<void> {
  const { length, last, head, manifests, documents, keptAt } = chain;
  if (head === null || last - keptAt < SEALS_BETWEEN) return;
  const kept: KeptChain = { schema: 1, length, last, head, manifests: [...manifests], documents: [...documents] };
  await store.write(workKey.knownChain, encodeDocument(kept), 'any');
}

/** Its last seal is the one that lies there, and so many lie before it. */
async function isPartOf(store: ReportStore, { head, last, length }: KeptChain): Promise<boolean> {
  const seal = await store.read(workKey.seal(last));
  if (!seal || createHash('sha256').update(seal.bytes).digest('hex') !== head) return false;
  let before = 0;
  for await (const { key } of store.list(workFolder.seals)) if (key <= workKey.seal(last)) before++;
  return before === length;
}
