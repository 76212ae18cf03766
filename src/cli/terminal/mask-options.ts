import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';

export interface MaskArguments {
  /** True for question marks; `tokens` for keyed ones. */
  readonly mask?: boolean | string;
  readonly maskKey?: string;
}

/** How literals leave. */
export interface Masking {
  readonly kind: 'question-marks' | 'tokens';
  readonly literal: MaskLiteral;
}

/** Reads `--mask` and `--mask-key`; null where nothing is masked. @throws UsageError */
export async function readMasking({ mask, maskKey }: MaskArguments): Promise<Masking | null> {
  if (mask === undefined || mask === false) {
    if (maskKey !== undefined) throw new UsageError('--mask-key goes with --mask tokens');
    return null;
  }
  if (mask === true) {
    if (maskKey !== undefined) throw new UsageError('--mask-key goes with --mask tokens');
    return { kind: 'question-marks', literal: () => '?' };
  }
  if (mask !== 'tokens') throw new UsageError(`--mask ${mask}: write --mask, or --mask tokens --mask-key <file>`);
  if (maskKey === undefined) throw new UsageError('--mask tokens needs --mask-key <file>, a file of 32 bytes or more');
  const key = await readFile(maskKey).catch((cause: unknown) => {
    throw new UsageError(`--mask-key ${maskKey}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  if (key.length < 32)
    throw new UsageError(`--mask-key ${maskKey}: ${key.length} bytes are guessed too easily; use 32 or more`);
  return {
    kind: 'tokens',
    literal: (literal) => `tok_${createHmac('sha256', key).update(literal).digest('hex').slice(0, 16)}`,
  };
}
