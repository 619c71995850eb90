// Loaded before everything else, by whatever Node there is: one that cannot read what follows.
const least = 22;
if (Number(process.versions.node.split('.')[0]) < least) {
  console.error(
    `syncboard needs Node.js ${least} and this is ${process.versions.node}: npm ci brings one (unless install scripts are off), or install it.`,
  );
  process.exit(1);
}

await import('./kept-modules.mjs');
