import { createHash } from 'node:crypto';

/** A row that may be chosen. */
export interface Candidate {
  readonly tree: number;
  readonly reportDate: string;
  readonly hour: number;
  readonly id: string;
}

/**
 * Chooses rows by chance that everybody can repeat: those whose sha256 of `<seed> <id>` is smallest. The order in which rows are
 * offered does not matter. Memory: the rows chosen.
 */
export function createSample(seed: string, size: number) {
  let chosen: { readonly rank: string; readonly candidate: Candidate }[] = [];
  return {
    offer(candidate: Candidate): void {
      if (size === 0) return;
      const rank = createHash('sha256').update(`${seed} ${candidate.id}`).digest('hex');
      if (chosen.length === size && rank >= (chosen.at(-1)?.rank ?? '')) return;
      chosen = [...chosen, { rank, candidate }].sort(byRank).slice(0, size);
    },
    /** In the order of the rows: by tree, day, hour, then as they were drawn. */
    rows(): readonly Candidate[] {
      const place = ({ tree, reportDate, hour }: Candidate) =>
        `${String(tree).padStart(6, '0')} ${reportDate} ${String(hour).padStart(2, '0')}`;
      return chosen
        .map(({ candidate }) => candidate)
        .sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
    },
  };
}

function byRank(a: { readonly rank: string }, b: { readonly rank: string }): number {
  return a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0;
}
