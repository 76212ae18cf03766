import { open, readFile } from 'node:fs/promises';
import { openInputsOf } from '../../compose/open-inputs.js';
import { UsageError } from '../../compose/usage-error.js';
import type { ArchiveBytes } from '../../handover/check/unzip.js';
import { type CheckedPack, verifyPack } from '../../handover/check/verify-pack.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import type { addVerify } from '../look/commands-explore.js';
import type { OptionsOf } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';

export type VerifyPackArguments = Pick<OptionsOf<typeof addVerify>, 'key' | 'json'> & { readonly pack: string };

/**
 * `aqt verify --pack`: checks a pack offline. Exit 3 when anything in it is not as it was made, when nobody signed it, or when it tells
 * of something that nobody accepted.
 */
export async function runVerifyPack(options: VerifyPackArguments, io: Io): Promise<number> {
  const key = options.key === undefined ? null : await readKey(options.key);
  const file = await open(options.pack, 'r').catch((cause: unknown) => {
    throw new UsageError(`--pack ${options.pack}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  try {
    const { size } = await file.stat();
    const bytes: ArchiveBytes = {
      size,
      async read(position, length) {
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        return buffer.subarray(0, bytesRead);
      },
    };
    const checked = await verifyPack({ bytes, codec: REPORT_CODEC, key, madeWith: openInputsOf, signal: io.signal });
    if (options.json) io.stdout(`${JSON.stringify(jsonOf(checked), null, 2)}\n`);
    else show(checked, io);
    return checked.faults.length === 0 && checked.signature.isSigned && findingsOf(checked).length === 0
      ? EXIT.done
      : EXIT.findings;
  } finally {
    await file.close();
  }
}

async function readKey(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--key ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  if (!text.includes('-----BEGIN PUBLIC KEY-----'))
    throw new UsageError(
      `--key ${file}: this is no public key in PEM form${text.includes('PRIVATE KEY') ? ': it is a private one, which never belongs to whoever checks' : ''}`,
    );
  return text;
}

/** What the pack itself tells as not in order. */
function findingsOf({ hours, findings }: CheckedPack): string[] {
  return [
    ...hoursThatAre(hours, 'missing'),
    ...hoursThatAre(hours, 'faulty'),
    ...(findings?.faults ?? []),
    ...(findings?.findings ?? []).flatMap(({ text, accepted }) => (accepted === null ? [text] : [])),
  ];
}

/** And what may still change, which is no finding. */
function toldBy(checked: CheckedPack): string[] {
  return [...hoursThatAre(checked.hours, 'open'), ...findingsOf(checked)];
}

function hoursThatAre(hours: CheckedPack['hours'], state: 'missing' | 'faulty' | 'open'): string[] {
  const count = hours.filter((hour) => hour.state === state).length;
  return count > 0 ? [`${count} hours are ${state}`] : [];
}

function show(checked: CheckedPack, io: Io): void {
  const { faults, signature, files, pack, hours, rows, sample } = checked;
  for (const fault of faults) io.stderr(`${fault}\n`);
  const told = toldBy(checked);
  const whole = rows?.sameAsReport ?? 0;
  const lines = [
    faults.length === 0 ? 'The pack is as it was made.' : `${faults.length} faults: see the messages above.`,
    signature.fingerprint !== null
      ? `signature holds, key ${signature.fingerprint}`
      : signature.isSigned
        ? 'the signature does not hold'
        : 'nobody signed it: the hashes show only that its files belong together',
    `${files} files`,
    ...(pack && rows
      ? [
          `${pack.from} to ${pack.to}: ${hours.length} hours, ${rows.count} rows${whole > 0 ? `; in ${whole} hours they are those of the sealed reports, byte for byte` : ''}`,
        ]
      : []),
    ...(sample && pack
      ? [
          `${sample.same} of ${pack.sample.rows.length} rows of the sample come out of the enclosed evidence again${sample.notCompared.length > 0 ? ` (masked, so not compared: ${sample.notCompared.join(', ')})` : ''}`,
        ]
      : []),
    ...(told.length > 0 ? ['The pack itself tells:', ...told.map((text) => `  ${text}`)] : []),
  ];
  io.stdout(`${lines.join('\n')}\n`);
}

function jsonOf(checked: CheckedPack) {
  const { faults, signature, files, pack, hours, rows, sample } = checked;
  return {
    schema_version: 1,
    faults,
    signed: signature.isSigned,
    key: signature.fingerprint,
    files,
    from: pack?.from ?? null,
    to: pack?.to ?? null,
    hours: hours.length,
    rows: rows?.count ?? null,
    hours_same_as_report: rows?.sameAsReport ?? null,
    sample: pack?.sample.rows.length ?? null,
    sample_same: sample?.same ?? null,
    told: toldBy(checked),
  };
}
