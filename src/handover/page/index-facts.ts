import type { Signer } from '../../ports/signer.js';
import type { AccountedHour } from '../pack/account-hours.js';
import type { PackDocument, PackedFindings, PackedHour } from '../pack/pack-document.js';
import type { SampleDetail } from '../pack/write-sample.js';

/** Everything that the index tells. */
export interface IndexFacts {
  readonly pack: PackDocument;
  readonly hours: readonly PackedHour[];
  readonly accounted: readonly AccountedHour[];
  readonly details: readonly SampleDetail[];
  readonly findings: PackedFindings;
  readonly signer: Pick<Signer, 'kind' | 'publicKey'> | null;
  /** sha256 of the other files, by path. */
  readonly sums: ReadonlyMap<string, string>;
}
