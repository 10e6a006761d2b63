import { readEnvironment } from './environment.ts';
import { runCommandLine } from './program.ts';
import { createTerminal } from './terminal/terminal.ts';

// `natsweep results SWEEP | head`: the reader has seen enough
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
// `natsweep launch FILE 2>&1 | head`: what is said from now on, nobody reads
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: createTerminal(process.stdout, process.stderr, process.env),
  environment: readEnvironment(process.env),
});
