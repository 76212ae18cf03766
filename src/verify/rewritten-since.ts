import { createHash } from 'node:crypto';
import type { RewrittenHour } from '../findings/facts.js';
import type { Since } from '../tree/chain/chain.js';
import { manifestKey, parseHourKey } from '../tree/layout.js';
import type { VerifyRequest } from './checked.js';
import { isAskedFor } from './verify-tree.js';

/** Hours of a tree, of the dates asked for, whose manifest is no longer the one under a head, with the seals since that took it in. */
export async function rewrittenSince(
  request: VerifyRequest,
  tree: string,
  { manifests, later }: Since,
): Promise<RewrittenHour[]> {
  const rewritten: RewrittenHour[] = [];
  const isWanted = isAskedFor(request);
  for (const [folder, before] of manifests) {
    const label = parseHourKey(`${folder}_manifest.json`)?.label;
    if (!label || !isWanted(label)) continue;
    const stored = await request.store.read(tree + manifestKey(label));
    const sha256 = stored ? createHash('sha256').update(stored.bytes).digest('hex') : null;
    if (sha256 === before) continue;
    const seals = later.filter((seal) => folder in seal.manifests);
    rewritten.push({ ...label, sha256, seals: seals.map(({ number, sealedAt }) => ({ number, sealedAt })) });
  }
  return rewritten.sort((a, b) =>
    a.reportDate === b.reportDate ? a.hour - b.hour : a.reportDate < b.reportDate ? -1 : 1,
  );
}
