import type { Command } from '@commander-js/extra-typings';
import type { Help, Option } from 'commander';
import { EXAMPLES } from './help-examples.js';
import { repeated } from './option-values.js';

/** Says of every option whether it must and may be given several times, and ends each command's help with lines to begin with. */
export function addHelp(program: Command): void {
  for (const command of [program, ...program.commands]) {
    command.configureHelp({ optionDescription });
    const examples = EXAMPLES[command === program ? '' : command.name()];
    if (examples) command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`);
  }
}

function optionDescription(this: Help, option: Option): string {
  const marks = [
    ...(option.mandatory ? ['required'] : []),
    ...(option.variadic || option.parseArg === repeated ? ['repeatable'] : []),
  ];
  const preset = option.defaultValue === undefined ? '' : ` (default: ${JSON.stringify(option.defaultValue)})`;
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(' or ')})`;
  return `${option.description}${choices}${preset}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}
