#!/usr/bin/env node
import { runCli } from './cli/main.js';
import { systemIo } from './cli/system-io.js';

// A closed pipe (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), systemIo());
