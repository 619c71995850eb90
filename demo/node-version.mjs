// Loaded before everything else, by whatever Node there is: one that cannot read what follows.
import { isTooOld, least } from './least-node.mjs';

if (isTooOld) {
  console.error(
    `syncboard needs Node.js ${least} and this is ${process.versions.node}: npm run postinstall brings one, or install it.`,
  );
  process.exit(1);
}

await import('./kept-modules.mjs');
