/**
 * Builds the app into one file that a Functions worker loads through package.json "main".
 * Refuses a bundle that holds one package twice: two copies of a library share no state.
 */

import { build } from 'esbuild';

const result = await build({
  entryPoints: ['functions/main.ts'],
  outfile: 'dist/main.cjs',
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Supplied by the Functions worker at run time; not on any registry.
  external: ['@azure/functions-core'],
});

const homes = new Map<string, Set<string>>();
for (const input of Object.keys(result.metafile.inputs)) {
  const [, home, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input) ?? [];
  if (home === undefined || name === undefined) continue;
  homes.set(name, (homes.get(name) ?? new Set()).add(home));
}
const doubles = [...homes].filter(([, places]) => places.size > 1);
if (doubles.length > 0) {
  for (const [name, places] of doubles) {
    console.error(`The bundle holds ${name} ${places.size} times: ${[...places].join(', ')}`);
  }
  process.exitCode = 1;
}
