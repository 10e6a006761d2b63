// Everything a fresh machine needs, before anything else of natsweep can run. Plain JavaScript for any Node that npm supports.
//
//   node infra/setup/setup.mjs               what natsweep needs to run
//   node infra/setup/setup.mjs --for-tests   and the real servers and tools that the tests drive
//
// It installs what is missing and nothing twice, says what it installs and why, and starts no service.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const forTests = process.argv.includes('--for-tests');
const managers = ['apt', 'dnf', 'brew'];

/**
 * System packages: what they are, why they are wanted, their programs, and what package managers call them, all of them
 * alike or each its own way. `present` stands where programs on the PATH do not tell.
 */
const neededToRun = [
  {
    what: 'redis-server',
    why: 'carries batches and observations between scheduler and workers',
    programs: ['redis-server'],
    names: { apt: 'redis-server', dnf: 'redis', brew: 'redis' },
  },
  {
    what: 'OpenBLAS',
    why: 'does the linear algebra on CPUs',
    present: () => process.platform === 'darwin' || process.env.NATSWEEP_OPENBLAS || libraryInstalled('libopenblas'),
    names: { apt: 'libopenblas0-pthread', dnf: 'openblas-threads', brew: 'openblas' },
  },
];

/** Without one of these the tests that use it are skipped. */
const usedByTests = [
  {
    what: 'PostgreSQL',
    why: 'tests run the results database on a real server',
    present: () => onPath('postgres') || debianPostgres(),
    names: { apt: 'postgresql', dnf: 'postgresql-server', brew: 'postgresql' },
  },
  {
    what: 'Chromium',
    why: 'tests open the reports in a real browser',
    present: () => ['chromium', 'chromium-browser', 'google-chrome'].some(onPath),
    names: { apt: 'chromium', dnf: 'chromium' },
  },
  {
    what: 'Prometheus and promtool',
    why: 'tests scrape the exporter and check the alerting rules',
    programs: ['prometheus', 'promtool'],
    names: { apt: 'prometheus', brew: 'prometheus' },
  },
  {
    what: 'ShellCheck',
    why: 'tests check the shell scripts under infra',
    programs: ['shellcheck'],
    names: { apt: 'shellcheck', dnf: 'ShellCheck', brew: 'shellcheck' },
  },
  { what: 'yamllint', why: 'tests check the YAML files under infra', programs: ['yamllint'], names: 'yamllint' },
  {
    what: 'docker-compose',
    why: 'tests check the compose file',
    programs: ['docker-compose'],
    names: 'docker-compose',
  },
  {
    what: 'SLURM with munge',
    why: 'tests run the array of workers on a real SLURM',
    programs: ['slurmctld', 'slurmd', 'sbatch', 'munged'],
    names: { apt: 'slurmctld slurmd slurm-client munge', dnf: 'slurm-slurmctld slurm-slurmd slurm munge' },
  },
  {
    what: 'systemd-analyze',
    why: 'tests check the systemd units',
    programs: ['systemd-analyze'],
    names: { apt: 'systemd', dnf: 'systemd' },
  },
  {
    what: 'libfaketime',
    why: 'tests let the clocks of workers and schedulers jump',
    programs: ['faketime'],
    names: { apt: 'faketime', dnf: 'libfaketime' },
  },
  {
    what: 'iproute2',
    why: 'tests pull the network cable of a worker, and look who listens where',
    programs: ['ip', 'ss'],
    names: { apt: 'iproute2', dnf: 'iproute' },
  },
  {
    what: 'OpenSSL',
    why: 'tests make certificates for Redis and PostgreSQL over TLS',
    programs: ['openssl'],
    names: 'openssl',
  },
];

const npmDone = installNpmPackages();
const systemDone = installSystemPackages();
if (npmDone && systemDone) tryTensorflow();
process.exit(npmDone && systemDone ? 0 : 1);

/** `npm ci`, once per state of the lock file. */
function installNpmPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.natsweep-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return true;
  say('installing the npm packages (npm ci)');
  // npm 10 and later print many notes on engines and funding that are of no use here; errors still show
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  if (npm.status !== 0) {
    say('npm ci failed; see its message above. Check the network and the npm registry settings, then run this again.');
    return false;
  }
  writeFileSync(stamp, lock);
  return true;
}

/** TypeScript runs on the Node that npm has just installed, not necessarily on this one. */
function tryTensorflow() {
  const node = join(root, 'node_modules', '.bin', 'node');
  spawnSync(node, [join(root, 'infra', 'setup', 'try-tensorflow.ts')], { stdio: 'inherit' });
}

function installSystemPackages() {
  const missing = [...neededToRun, ...(forTests ? usedByTests : [])].filter((pkg) => !isPresent(pkg));
  if (missing.length === 0) return true;
  const manager = managers.find((name) => onPath(programOf(name)));
  const wanted = missing.filter((pkg) => manager && nameIn(manager, pkg));
  const command = manager && wanted.length > 0 ? installCommand(manager, wanted) : undefined;
  for (const pkg of wanted) say(`installing ${pkg.what} (${nameIn(manager, pkg)}): ${pkg.why}`);
  if (command) run(command, manager === 'apt');
  const still = missing.filter((pkg) => !isPresent(pkg));
  for (const pkg of still) {
    const byHand = managers.flatMap((name) =>
      nameIn(name, pkg) ? [`${programOf(name)} install ${nameIn(name, pkg)}`] : [],
    );
    const consequence = neededToRun.includes(pkg) ? 'natsweep needs it' : 'the tests that use it will be skipped';
    say(`${pkg.what} is missing and could not be installed here: ${consequence}. By hand: ${byHand.join(', or ')}.`);
  }
  return !still.some((pkg) => neededToRun.includes(pkg));
}

function isPresent({ programs, present = () => programs.every(onPath) }) {
  return present();
}

/** What a package manager calls a package; undefined where it does not have it. */
function nameIn(manager, { names }) {
  return typeof names === 'string' ? names : names[manager];
}

function programOf(manager) {
  return manager === 'apt' ? 'apt-get' : manager;
}

/** The command line, behind sudo where that works without a password; undefined where it may not be run. */
function installCommand(manager, packages) {
  const names = packages.flatMap((pkg) => nameIn(manager, pkg).split(' '));
  if (manager === 'brew') return [['brew', 'install', ...names]];
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    say(`system packages need root: run "sudo ${programOf(manager)} install ${names.join(' ')}"`);
    return undefined;
  }
  return manager === 'apt'
    ? [
        [...sudo, 'apt-get', 'update', '-qq'],
        [...sudo, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...names],
      ]
    : [[...sudo, 'dnf', 'install', '-y', '-q', ...names]];
}

function run(commands, keepServicesDown) {
  // Debian starts a service as soon as its package is unpacked, unless this policy file says no (101: forbidden)
  const policy = '/usr/sbin/policy-rc.d';
  const ours = keepServicesDown && process.getuid?.() === 0 && !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const [program, ...args] of commands) {
      const result = spawnSync(program, args, {
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      if (result.status !== 0)
        say(`"${program} ${args.join(' ')}" failed: ${lastLines(result.stderr || result.stdout)}`);
    }
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)));
}

function libraryInstalled(name) {
  try {
    const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path)) ?? 'ldconfig';
    return execFileSync(ldconfig, ['-p'], { encoding: 'utf8' }).includes(name);
  } catch {
    return false;
  }
}

/** Debian keeps the server's programs off the PATH, one folder per version. */
function debianPostgres() {
  const folder = '/usr/lib/postgresql';
  return existsSync(folder) && readdirSync(folder).some((v) => existsSync(join(folder, v, 'bin', 'postgres')));
}

function lastLines(text) {
  return (text ?? '').trim().split('\n').slice(-3).join(' | ');
}

function say(message) {
  console.error(`setup: ${message}`);
}
