import { addDays } from '../../calendar/report-day.js';
import { UsageError } from '../../compose/usage-error.js';
import { openTree } from '../look/open-tree.js';
import { type FilterArguments, filterPairs } from '../look/view-options.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { readMasking } from '../terminal/mask-options.js';
import type { addEvidence } from './commands-handover.js';
import { type WrittenPack, writePack } from './write-pack.js';

export type EvidenceArguments = OptionsOf<typeof addEvidence> & TreeArgument & FilterArguments;

/** `aqt evidence`: a pack that an auditor can keep, and check without this program. */
export async function runEvidence(options: EvidenceArguments, io: Io): Promise<number> {
  const { output, profile, from, to, file, key, sample, seed } = options;
  if (from === undefined || to === undefined || file === undefined)
    throw new UsageError('name the days and the pack: aqt evidence <output> --from <date> --to <date> --file pack.zip');
  const range = { from: addDays(from, 0), to: addDays(to, 0) };
  if (range.to < range.from) throw new UsageError(`--from ${from} --to ${to}: the range ends before it begins`);
  const madeAt = instantOf(options, io);
  const mask = await readMasking(options);
  const store = await openTree(options, io);
  const written = await writePack(
    {
      ...{ store, output, profile, ...range, mask, madeAt, file },
      filters: filterPairs(options),
      sample: { seed: seed ?? null, size: sample },
      key: key ?? null,
      madeBy: options.by ?? userOf(io),
    },
    io,
  );
  io.stderr(summaryText(written, { file, isSigned: key !== undefined }));
  return EXIT.done;
}

/** Who runs this, as the machine knows them. */
export function userOf({ env }: Io): string {
  return env.USER ?? env.USERNAME ?? 'somebody who gave no name';
}

function instantOf({ at }: EvidenceArguments, io: Io): string {
  const instant = at === undefined ? io.clock.now() : Date.parse(at);
  if (Number.isNaN(instant)) throw new UsageError(`--at ${at}: write an instant such as 2026-12-01T09:00:00Z`);
  return new Date(instant).toISOString();
}

function summaryText(
  { pack, examination }: WrittenPack,
  { file, isSigned }: { readonly file: string; readonly isSigned: boolean },
): string {
  const { population, sample, mask } = pack;
  const open = examination.findings.filter(({ accepted }) => accepted === null).length + examination.treeFaults.length;
  const faulty = examination.hours.filter(({ faults }) => faults.length > 0).length;
  const differing = sample.rows.filter(({ differs }) => differs?.length !== 0).length;
  const lines = [
    `${file}: ${population.rows} rows${mask === null ? ', literals as they are (--mask hides them)' : `, literals masked (${mask})`}, a sample of ${sample.rows.length}${isSigned ? ', signed' : ', not signed (--key signs)'}`,
    ...(open > 0
      ? [
          `${open === 1 ? 'a finding that nobody accepted stands' : `${open} findings that nobody accepted stand`} on its first page`,
        ]
      : []),
    ...(faulty > 0
      ? [`${faulty} ${faulty === 1 ? 'hour is' : 'hours are'} missing or faulty: that stands on its first page`]
      : []),
    ...(differing > 0 ? [`${differing} rows of the sample are not what their evidence makes now`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
