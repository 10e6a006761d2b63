import { resolve } from 'node:path';
import { imageNames, missingImages, type ImageName, type MissingImages } from '@natsweep/datasets';

/** The folder of data sets that NATSWEEP_DATA names on this machine. */
export function namedDataFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env['NATSWEEP_DATA'];
  return folder === undefined || folder === '' ? undefined : resolve(folder);
}

/** Every image data set, with what is missing of it on this machine. */
export function imageData(
  env: NodeJS.ProcessEnv = process.env,
): readonly { readonly name: ImageName; readonly missing: MissingImages | undefined }[] {
  return imageNames.map((name) => ({ name, missing: missingImages(name, namedDataFolder(env)) }));
}
