#!/usr/bin/env node
import { runCli } from './cli/main.js';
import { systemIo } from './cli/terminal/system-io.js';

// The SDK warns on every command that releases after January 2027 need Node 22; `aqt doctor` says so once, where it helps.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// A closed pipe (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Waits for the end; the process has its exit code then. */
export const ended = runCli(process.argv.slice(2), systemIo()).then((code) => {
  process.exitCode = code;
});
