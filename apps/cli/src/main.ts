import { readEnvironment } from './environment.ts';
import { runCommandLine } from './program.ts';
import { createTerminal } from './terminal/terminal.ts';

// `natsweep results SWEEP | head`: the reader has seen enough
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: createTerminal(process.stdout, process.stderr, process.env),
  environment: readEnvironment(process.env),
});
