import { UsageError } from '../../compose/usage-error.js';
import type { addVerify } from '../look/commands-explore.js';
import type { OptionsOf } from '../terminal/command-run.js';
import type { Io } from '../terminal/io.js';

export type VerifyCommandArguments = OptionsOf<typeof addVerify> & { readonly output?: string | undefined };

/** `aqt verify`: a tree, or a pack. */
export async function runVerifyCommand(options: VerifyCommandArguments, io: Io): Promise<number> {
  const { output, pack } = options;
  if (pack !== undefined) {
    if (output !== undefined) throw new UsageError(`${output} and --pack ${pack}: verify one of them`);
    return (await import('./verify-pack.js')).runVerifyPack({ ...options, pack }, io);
  }
  if (options.key !== undefined) throw new UsageError('--key goes with --pack');
  if (output === undefined)
    throw new UsageError('name the reports, aqt verify <output>, or a pack: aqt verify --pack pack.zip');
  return (await import('./verify.js')).runVerify({ ...options, output }, io);
}
