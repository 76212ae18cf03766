/** What rows are made with beside their evidence and prices that come with the program; given as texts. */
export const ROW_INPUTS = ['directory', 'prices'] as const;
export type InputName = (typeof ROW_INPUTS)[number];

/** sha256 of the texts, by name; one that was not given has no entry. */
export type InputHashes = Readonly<Partial<Record<InputName, string>>>;

/** Inputs that rows were made with and that a run has not: what it would write says less. */
export function lackingInputs(before: InputHashes | undefined, now: InputHashes): InputName[] {
  return ROW_INPUTS.filter((name) => before?.[name] !== undefined && now[name] === undefined);
}
