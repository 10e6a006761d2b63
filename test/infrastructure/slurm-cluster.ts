import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { eventually, freePort, TestProcess } from './processes.ts';
import type { Defer } from './processes.ts';
import { run } from './tools.ts';

/** Debian's SLURM as a cluster of one node with eight processors and two GPUs (of which there is only the bookkeeping). */
export class SlurmCluster {
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** SLURM's daemons must run as root to start jobs. */
  static async start(defer: Defer, folder: string): Promise<SlurmCluster> {
    const path = (name: string) => join(folder, name);
    for (const name of ['state', 'spool']) mkdirSync(path(name), { recursive: true });
    for (const name of ['gpu0', 'gpu1']) writeFileSync(path(name), '');
    writeFileSync(path('munge.key'), randomBytes(1024), { mode: 0o400 });
    const node = hostname();
    writeFileSync(path('gres.conf'), `NodeName=${node} Name=gpu File=${path('gpu[0-1]')}\n`);
    writeFileSync(path('slurm.conf'), configuration(folder, { node, ports: [await freePort(), await freePort()] }));

    const env = { SLURM_CONF: path('slurm.conf') };
    const cluster = new SlurmCluster(env);
    const files = [
      'key-file=munge.key',
      'socket=munge.sock',
      'pid-file=munge.pid',
      'log-file=munge.log',
      'seed-file=seed',
    ];
    const flags = files.map((file) => `--${file.replace('=', `=${folder}/`)}`);
    const munged = new TestProcess(defer, ['munged', '--force', '--foreground', ...flags]);
    await munged.until(/Created \d+ work thread/);
    new TestProcess(defer, ['slurmctld', '-D'], { env });
    new TestProcess(defer, ['slurmd', '-D'], { env });
    // jobs outlive the daemons
    defer(async () => {
      run('scancel', ['--user=root', '--full'], { env });
      await cluster.until('squeue', ['--noheader'], /^\s*$/);
    });
    await cluster.until('sinfo', ['--noheader', '--format=%T'], /^idle$/m);
    return cluster;
  }

  /** Runs a SLURM command; throws what it says if it fails. */
  command(program: string, ...args: string[]): string {
    const { status, output, stdout } = run(program, args, { env: this.#env });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${output}`);
    return stdout.trim();
  }

  /** Repeats a command until its output matches. */
  async until(program: string, args: readonly string[], pattern: RegExp): Promise<void> {
    let output = '';
    await eventually(
      async () => {
        ({ output } = run(program, args, { env: this.#env }));
        return pattern.test(output) ? true : undefined;
      },
      () => `${program}: ${output}`,
    );
  }
}

function configuration(folder: string, { node, ports }: { node: string; ports: readonly [number, number] }): string {
  return `ClusterName=test
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.sock
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=gpu
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=sched_min_interval=100000
NodeName=${node} NodeAddr=127.0.0.1 CPUs=8 RealMemory=1000 Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=${node} Default=YES MaxTime=INFINITE State=UP
`;
}
