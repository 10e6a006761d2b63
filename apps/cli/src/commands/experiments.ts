import { declarations, findDeclaration, type ExperimentDeclaration } from '@natsweep/catalogue';
import { nearest, parameterTypes } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { printTable } from '../terminal/table.ts';
import { wrap } from '../terminal/wrap.ts';
import { formatParameter } from '../trials-table.ts';

export const registerExperiments: Register = (program, cli, run) => {
  program
    .command('experiments')
    .description(
      'Lists what a trial can run. With a name: its parameters (each can be an axis), its metrics and its claims.',
    )
    .argument('[name]')
    .option('--json', 'print JSON')
    .action(
      run((name: string | undefined, { json }: { json?: boolean }) =>
        name === undefined ? list(cli, json === true) : show(cli, name, json === true),
      ),
    );
};

function list({ terminal }: Cli, json: boolean): ExitCode {
  const rows = declarations.map(({ name, version, title, source }) => ({ name, version, title, source }));
  if (json) {
    terminal.json(rows);
    return exitCodes.ok;
  }
  printTable(
    terminal,
    [
      { header: 'NAME', cell: ({ name }) => name, whole: true },
      { header: 'WHAT A TRIAL RUNS', cell: ({ title, source }) => `${title} (${source})`, prose: true },
    ],
    rows,
  );
  return exitCodes.ok;
}

function show({ terminal }: Cli, name: string, json: boolean): ExitCode {
  const declaration = findDeclaration(name);
  if (declaration === undefined) {
    const near = nearest(
      name,
      declarations.map((candidate) => candidate.name),
    );
    throw badInput(
      `There is no experiment named ${name}; ${near === undefined ? '"natsweep experiments" lists them.' : `did you mean ${near}?`}`,
    );
  }
  const parameters = describeParameters(declaration);
  const { title, source, metrics, claims } = declaration;
  if (json) {
    const judged = claims.map(({ id, statement, source: place }) => ({ id, statement, source: place }));
    terminal.json({ name, title, source, parameters, metrics, claims: judged });
    return exitCodes.ok;
  }
  for (const line of wrap(`${name}: ${title} (${source})`, terminal.columns()))
    terminal.note(terminal.style('bold', line));
  terminal.note('');
  printTable(
    terminal,
    [
      { header: 'PARAMETER', cell: (parameter) => parameter.name, whole: true },
      { header: 'TYPE', cell: ({ type }) => type },
      { header: 'DEFAULT', cell: (parameter) => formatParameter(parameter.default) },
      { header: 'MEANING', cell: ({ description }) => description, prose: true },
    ],
    parameters,
  );
  terminal.note('');
  printTable(
    terminal,
    [
      { header: 'METRIC', cell: ([metric]) => metric, whole: true },
      { header: 'UNIT', cell: ([, { unit }]) => unit },
      { header: 'MEANING', cell: ([, { description }]) => description, prose: true },
    ],
    Object.entries(metrics),
  );
  if (claims.length === 0) return exitCodes.ok;
  terminal.note('');
  printTable(
    terminal,
    [
      { header: 'CLAIM', cell: ({ id }) => id },
      { header: 'STATEMENT', cell: ({ statement, source: place }) => `${statement} (${place})`, prose: true },
    ],
    claims,
  );
  return exitCodes.ok;
}

function describeParameters(declaration: ExperimentDeclaration) {
  const types = parameterTypes(declaration);
  return [...types].map(([name, { type, integer, choices, default: value, description }]) => ({
    name,
    type: integer ? 'integer' : type,
    default: value,
    structural: declaration.structuralParameters.includes(name),
    choices,
    description: choices.length === 0 ? description : `${description} (${choices.join(', ')})`,
  }));
}
