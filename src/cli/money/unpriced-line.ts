import { type Unpriced, WHY_UNPRICED } from '../../analytics/cost/unpriced.js';

/** Says which queries are in no amount, and why; null where there are none. */
export function unpricedLine(unpriced: readonly Unpriced[]): string | null {
  const all = unpriced.reduce((sum, { queries }) => sum + queries, 0);
  if (all === 0) return null;
  const why = unpriced.map(({ reason, queries }) => `${queries}: ${WHY_UNPRICED[reason] ?? reason}`);
  return `${all === 1 ? '1 query has' : `${all} queries have`} no known cost and ${all === 1 ? 'is' : 'are'} in no amount (${why.join('; ')})`;
}
