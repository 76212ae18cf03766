import type { Command } from '@commander-js/extra-typings';
import { CommanderError, Command as PlainCommand } from 'commander';
import { asStarted } from '../findings/as-started.js';
import { addCommands } from './commands.js';
import type { Run } from './terminal/command-run.js';
import { reportFailure } from './terminal/failure.js';
import { addHelp } from './terminal/help.js';
import { EXIT, type Io } from './terminal/io.js';
import { packageVersion } from './terminal/version.js';

/**
 * Runs one command line and returns its exit code. Commands are imported when they are called: `--help` loads neither the AWS
 * SDK nor DuckDB.
 */
export async function runCli(args: readonly string[], terminal: Io): Promise<number> {
  const io: Io = { ...terminal, stderr: (text) => terminal.stderr(asStarted(text, terminal.program)) };
  const help = (text: string) => io.stdout(asStarted(text, io.program));
  let exitCode: number = EXIT.done;
  const run = async (command: () => Promise<number>) => {
    exitCode = await command();
  };
  const program = createProgram(io, { run, help });
  try {
    if (args.length === 0) {
      help(GREETING);
      return EXIT.done;
    }
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its own message; help and version end with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(error, io);
  }
}

const GREETING = `aqt: who ran which Athena query, when, on what data, at what cost

  aqt demo                                       try it, no AWS account needed
  aqt collect --from 2026-11-01 --output out     collect a day into hourly reports
  aqt verify out                                 prove that nothing is missing
  aqt --help                                     all commands
`;

function createProgram(io: Io, { run, help }: { readonly run: Run; readonly help: (text: string) => void }): Command {
  // The typed command is commander's own: the types come from another package, which is needed at build time only.
  const program = new PlainCommand('aqt') as unknown as Command;
  program
    .description('Who ran which Amazon Athena query, when, on what data, at what cost: complete, and provable.')
    .version(packageVersion(), '-V, --version')
    // Options of a command's own command are its own (aqt evidence keygen --file).
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(aqt <command> --help shows the options)')
    .exitOverride()
    .configureOutput({ writeOut: help, writeErr: io.stderr });
  addCommands(program, io, run);
  addHelp(program);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: help, writeErr: io.stderr });
  return program;
}
