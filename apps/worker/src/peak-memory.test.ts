import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { peakMemoryBytes } from './peak-memory.ts';

const mebibyte = 2 ** 20;
const module = JSON.stringify(import.meta.resolve('./peak-memory.ts'));

test('the peak of a process is its own, not that of the process which started it', (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux tells the two apart');
  const ballast = Buffer.alloc(500 * mebibyte, 1);
  const program = `import(${module}).then(({ peakMemoryBytes }) => console.log(peakMemoryBytes()))`;
  const peak = Number(execFileSync(process.execPath, ['--eval', program], { encoding: 'utf8' }));
  assert(ballast.at(-1) === 1 && peakMemoryBytes() > 500 * mebibyte);
  assert(peak > 10 * mebibyte && peak < 300 * mebibyte, `${peak / mebibyte} MiB`);
});

test('a peak counts from where it was begun anew, and what is freed stays in it', (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux begins anew');
  const program = `import(${module}).then(async ({ peakMemoryBytes, restartPeakMemory }) => {
    const sleep = () => new Promise((resolve) => setTimeout(resolve, 1));
    let ballast = Buffer.alloc(${200 * mebibyte}, 1);
    const peaks = [peakMemoryBytes()];
    ballast = undefined;
    gc();
    // V8 gives the memory back in a thread of its own
    for (let i = 0; i < 1000 && process.memoryUsage.rss() > ${200 * mebibyte}; i++) await sleep();
    peaks.push(peakMemoryBytes());
    restartPeakMemory();
    peaks.push(peakMemoryBytes());
    console.log(JSON.stringify(peaks));
  })`;
  const said = execFileSync(process.execPath, ['--expose-gc', '--eval', program], { encoding: 'utf8' });
  const [full, freed, anew] = JSON.parse(said) as [number, number, number];
  // the kernel counts pages on each processor by itself, and adds up a little late
  assert(full > 200 * mebibyte && freed > full - mebibyte && anew < freed - 150 * mebibyte, said);
});
