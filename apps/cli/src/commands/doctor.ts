import type { Cli, Register } from '../cli.ts';
import type { Check } from '../doctor/check.ts';
import { checkEngines } from '../doctor/engines.ts';
import { checkDisk, checkNode, checkProcessor } from '../doctor/machine.ts';
import { checkDatabase, checkRedis, checkStack } from '../doctor/servers.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import type { Style } from '../terminal/terminal.ts';

export const registerDoctor: Register = (program, cli, run) => {
  program
    .command('doctor')
    .description(
      'Says what works on this machine, what is missing and what to install. Ends with 1 if sweeps cannot run here.',
    )
    .option('--json', 'print JSON')
    .action(run(({ json }: { json?: boolean }) => doctor(cli, json === true)));
};

const marks: Readonly<Record<Check['status'], readonly [mark: string, style: Style]>> = {
  ok: ['✓', 'green'],
  absent: ['-', 'dim'],
  missing: ['✗', 'red'],
};

async function doctor({ terminal, environment }: Cli, json: boolean): Promise<ExitCode> {
  terminal.status('Looking …');
  const checks: readonly Check[] = [
    checkNode(),
    checkProcessor(),
    ...(await checkEngines(environment)),
    await checkRedis(environment),
    await checkDatabase(environment),
    checkDisk(environment),
    checkStack(environment),
  ];
  const missing = checks.filter(({ status }) => status === 'missing');
  const exitCode = missing.length === 0 ? exitCodes.ok : exitCodes.negative;
  if (json) {
    terminal.json(checks);
    return exitCode;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, status, found, fix } of checks) {
    const [mark, style] = marks[status];
    terminal.print(`${terminal.style(style, mark)} ${name.padEnd(width)}  ${found}`);
    if (fix !== undefined) terminal.print(`  ${' '.repeat(width)}  ${terminal.style('yellow', '→')} ${fix}`);
  }
  terminal.print('');
  terminal.print(
    missing.length === 0
      ? 'Sweeps can run here: "natsweep quickstart" runs one from start to picture.'
      : `Sweeps cannot run here yet: ${missing.map(({ name }) => name).join(', ')} (see the arrows above).`,
  );
  return exitCode;
}
