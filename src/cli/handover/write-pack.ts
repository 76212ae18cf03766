import { openInputsOf } from '../../compose/open-inputs.js';
import { openSigner } from '../../compose/open-signer.js';
import { UsageError } from '../../compose/usage-error.js';
import { makePack } from '../../handover/pack/make-pack.js';
import type { PackDocument } from '../../handover/pack/pack-document.js';
import type { ReportStore } from '../../ports/report-store.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { openScratchFolder } from '../../storage/scratch-folder.js';
import { readTimezone } from '../../tree/settings.js';
import { treeView } from '../../tree/tree-view.js';
import { type Examination, examine } from '../../verify/examine.js';
import type { Io } from '../terminal/io.js';
import type { Masking } from '../terminal/mask-options.js';
import { packageVersion } from '../terminal/version.js';
import { openPackTarget } from './pack-target.js';
import { openSelection } from './selection.js';

/** A pack that somebody asks for, on the command line or in the dashboard. */
export interface PackOrder {
  readonly store: ReportStore;
  /** The folder or bucket as it was named. */
  readonly output: string;
  readonly profile: string | undefined;
  /** First and last report day, inclusive. */
  readonly from: string;
  readonly to: string;
  /** Filters, named as in the dashboard's URL. */
  readonly filters: readonly (readonly [string, string])[];
  readonly mask: Masking | null;
  readonly sample: { readonly seed: string | null; readonly size: number };
  /** Private key file, or a key of AWS KMS; null for a pack that nobody signs. */
  readonly key: string | null;
  readonly madeBy: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly file: string;
}

/** What was made, and what verification found meanwhile. */
export interface WrittenPack {
  readonly pack: PackDocument;
  readonly examination: Examination;
}

/**
 * Verifies the days asked for and writes a pack of them, whatever was found. The file appears when it is whole.
 * @throws UsageError where there are no reports of these days; HourChanged when one is rewritten meanwhile
 */
export async function writePack(order: PackOrder, io: Io): Promise<WrittenPack> {
  const { store, output, profile, from, to, mask, sample, key, madeBy, madeAt, file } = order;
  const signer = key === null ? null : await openSigner(key, { ...io, profile });
  const examination = await examineRange(store, { from, to }, io);
  if (!examination.hours.some(({ manifest }) => manifest !== null))
    throw new UsageError(`there are no reports of these days in ${output}: aqt collect makes some`);
  const timezone = await timezoneOf(store, examination, io);
  const selection = await openSelection({ output, ...(profile === undefined ? {} : { profile }) }, order.filters, io);
  const target = await openPackTarget(file, io.clock);
  try {
    const pack = await makePack({
      ...{ store, codec: REPORT_CODEC, from, to, timezone, mask, sample, signer, target, signal: io.signal },
      asked: {
        ...{ madeAt, madeBy, filters: selection.flags, command: commandOf(order, selection.flags) },
        generator: `athena-query-tracker ${packageVersion()}`,
      },
      selects: selection.selects,
      verified: verifiedOf(examination),
      madeWith: openInputsOf,
    });
    await target.finish();
    return { pack, examination };
  } finally {
    selection.close();
    await target.discard();
  }
}

async function examineRange(
  store: ReportStore,
  range: { readonly from: string; readonly to: string },
  io: Io,
): Promise<Examination> {
  const scratch = openScratchFolder();
  try {
    return await examine({ store, ...range, codec: REPORT_CODEC, signal: io.signal, scratch, accept: null });
  } finally {
    scratch.remove();
  }
}

/** One pack has one time zone: the windows of its hours hang on it. */
async function timezoneOf(store: ReportStore, { trees }: Examination, io: Io): Promise<string> {
  const zones = new Set<string>();
  for (const { tree } of trees) {
    const zone = await readTimezone(treeView(store, tree), io.clock.now());
    if (zone !== null) zones.add(zone);
  }
  const [zone = 'America/New_York', ...others] = zones;
  if (others.length > 0)
    throw new UsageError(
      `the trees have the report time zones ${[...zones].join(', ')}: make a pack of each, naming its folder`,
    );
  return zone;
}

function verifiedOf({ trees, hours, treeFaults, findings }: Examination): Parameters<typeof makePack>[0]['verified'] {
  return {
    trees: trees.map(({ tree, chain }) => ({ tree, chain })),
    hours,
    findings: {
      faults: treeFaults.map(({ tree, text }) => `${tree}${text}`),
      findings: findings.map(({ kind, tree, text, accepted }) => ({ kind, text: `${tree}${text}`, accepted })),
    },
  };
}

/** The same command again, without what is of this machine alone. */
function commandOf({ output, from, to, mask, sample }: PackOrder, filters: readonly string[]): string {
  const parts = [
    `aqt evidence ${output} --from ${from} --to ${to}`,
    ...filters,
    ...(mask === null ? [] : mask.kind === 'tokens' ? ['--mask tokens'] : ['--mask']),
    `--sample ${sample.size}`,
    ...(sample.seed === null ? [] : [`--seed ${sample.seed}`]),
  ];
  return parts.join(' ');
}
