import type { Command, OptionValues } from '@commander-js/extra-typings';

/** Runs a command's body and keeps its exit code. */
export type Run = (command: () => Promise<number>) => Promise<void>;

/** The options of a command, inferred from the function that declares them; a flag may also be given as false. */
export type OptionsOf<Declare extends (program: Command) => { opts(): OptionValues }> = Given<
  ReturnType<ReturnType<Declare>['opts']>
>;

type Given<Options> = { readonly [Name in keyof Options]: GivenValue<Options[Name]> };
type GivenValue<Value> = Value extends true ? boolean : Value extends string[] ? readonly string[] : Value;

/** The first argument of a command on a tree: where its reports lie. */
export interface TreeArgument {
  readonly output: string;
}
