import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDING_FILE, BINDING_PACKAGE } from './locate.ts';
import { SetupError } from './setup-steps.ts';
import type { SetupSite } from './setup.ts';

const NAME = BINDING_PACKAGE.replace(/@[^@]*$/, '');

/**
 * Lets the npm package's own installer fetch the library it was made for (TensorFlow 2.9; a GPU needs CUDA 11 installed) and a
 * binding that is built already. Needs npm and its host, and neither Python nor a compiler.
 *
 * The package stays out of npm's dependencies: it would add 127 packages and 300 MB of JavaScript, of which nothing is
 * used, and a download of some hundred megabytes, to every `npm ci`, also of images that must not carry CUDA; and where
 * its host does not answer, a wait for it.
 *
 * @returns the path of the binding in `site.result`
 */
export async function installPackage({ work, result, step, onProgress }: SetupSite): Promise<string> {
  onProgress(`letting npm install ${BINDING_PACKAGE}, whose installer fetches TensorFlow`);
  const project = join(work, 'package');
  await mkdir(project);
  const manifest = { private: true, dependencies: { [NAME]: BINDING_PACKAGE.slice(NAME.length + 1) } };
  await writeFile(join(project, 'package.json'), JSON.stringify({ ...manifest, allowScripts: { [NAME]: true } }));
  await step('npm', ['install', '--prefix', project, '--no-audit', '--no-fund', '--loglevel=error']);
  const installed = join(project, 'node_modules', NAME);
  // The binding looks for the library in ../../deps/lib, so that both keep their places.
  for (const folder of ['lib', 'deps']) await rename(join(installed, folder), join(result, folder));
  const binding = (await readdir(join(result, 'lib'), { recursive: true })).find((file) => file.endsWith(BINDING_FILE));
  if (binding === undefined) throw new SetupError(`the installer of ${BINDING_PACKAGE} left no binding`);
  return join('lib', binding);
}
