const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Draws numbers as a line of blocks from zero to the largest; nothing at all is a space, the least bit a low block. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(0, ...values);
  return values
    .map((value) => {
      if (!(value > 0) || highest === 0) return ' ';
      return BLOCKS[Math.min(Math.ceil((value / highest) * BLOCKS.length), BLOCKS.length) - 1] ?? BLOCKS[0];
    })
    .join('');
}
