#!/usr/bin/env node
// Plain JavaScript that old releases of Node can parse, so that the refusal below is what a user of one sees.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `natsweep needs Node 22.18 or newer and this is ${process.versions.node}: run it as "npx natsweep" in the repository ` +
      '(npm install brings a fitting Node along) or install a newer Node.',
  );
  process.exitCode = 3;
} else {
  await import('../src/main.ts');
}
