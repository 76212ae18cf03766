import { addDays } from '../../calendar/report-day.js';
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
import { openTree } from '../look/open-tree.js';
import type { FilterArguments } from '../look/view-options.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { packageVersion } from '../terminal/version.js';
import type { addEvidence } from './commands-handover.js';
import { readMasking } from './mask-options.js';
import { openPackTarget } from './pack-target.js';
import { openSelection } from './selection.js';

export type EvidenceArguments = OptionsOf<typeof addEvidence> & TreeArgument & FilterArguments;

/** `aqt evidence`: a pack that an auditor can keep, and check without this program. */
export async function runEvidence(options: EvidenceArguments, io: Io): Promise<number> {
  const { from, to, file } = options;
  if (from === undefined || to === undefined || file === undefined)
    throw new UsageError('name the days and the pack: aqt evidence <output> --from <date> --to <date> --file pack.zip');
  const range = { from: addDays(from, 0), to: addDays(to, 0) };
  if (range.to < range.from) throw new UsageError(`--from ${from} --to ${to}: the range ends before it begins`);
  const madeAt = instantOf(options, io);
  const mask = await readMasking(options);
  const store = await openTree(options, io);
  const signer = options.key === undefined ? null : await openSigner(options.key, { ...io, profile: options.profile });
  const examination = await examineRange(store, range, io);
  if (!examination.hours.some(({ manifest }) => manifest !== null))
    throw new UsageError(`there are no reports of these days in ${options.output}: aqt collect makes some`);
  const timezone = await timezoneOf(store, examination, io);
  const selection = await openSelection(options, io);
  const target = await openPackTarget(file);
  try {
    const pack = await makePack({
      ...{ store, codec: REPORT_CODEC, ...range, timezone, mask, signer, target, signal: io.signal },
      asked: {
        madeAt,
        madeBy: options.by ?? io.env.USER ?? io.env.USERNAME ?? 'somebody who gave no name',
        filters: selection.flags,
        command: commandOf(options, selection.flags),
        generator: `athena-query-tracker ${packageVersion()}`,
      },
      selects: selection.selects,
      sample: { seed: options.seed ?? null, size: options.sample },
      verified: verifiedOf(examination),
      madeWith: openInputsOf,
    });
    await target.finish();
    io.stderr(summaryText(pack, { file, examination, isSigned: signer !== null }));
    return EXIT.done;
  } finally {
    selection.close();
    await target.discard();
  }
}

function instantOf({ at }: EvidenceArguments, io: Io): string {
  const instant = at === undefined ? io.clock.now() : Date.parse(at);
  if (Number.isNaN(instant)) throw new UsageError(`--at ${at}: write an instant such as 2026-12-01T09:00:00Z`);
  return new Date(instant).toISOString();
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
function commandOf(options: EvidenceArguments, filters: readonly string[]): string {
  const { output, from, to, mask, sample, seed } = options;
  const parts = [
    `aqt evidence ${output} --from ${from} --to ${to}`,
    ...filters,
    ...(mask === true ? ['--mask'] : mask === undefined || mask === false ? [] : [`--mask ${mask}`]),
    `--sample ${sample}`,
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
  ];
  return parts.join(' ');
}

function summaryText(
  { population, sample, mask }: PackDocument,
  told: { readonly file: string; readonly examination: Examination; readonly isSigned: boolean },
): string {
  const { examination, file, isSigned } = told;
  const open = examination.findings.filter(({ accepted }) => accepted === null).length + examination.treeFaults.length;
  const faulty = examination.hours.filter(({ faults }) => faults.length > 0).length;
  const differing = sample.rows.filter(({ differs }) => differs?.length !== 0).length;
  const lines = [
    `${file}: ${population.rows} rows${mask === null ? ', literals as they are (--mask hides them)' : `, literals masked (${mask})`}, a sample of ${sample.rows.length}${isSigned ? ', signed' : ', not signed (--key signs)'}`,
    ...(open > 0 ? [`${open} findings that nobody accepted stand on its first page`] : []),
    ...(faulty > 0 ? [`${faulty} hours are missing or faulty: that stands on its first page`] : []),
    ...(differing > 0 ? [`${differing} rows of the sample are not what their evidence makes now`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
