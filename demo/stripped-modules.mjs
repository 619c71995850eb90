/**
 * Loaded before the modules of a test: what Node made of each TypeScript file is kept between
 * processes, of which hundreds load the same files. Node's own compile cache begins behind that
 * step, which is 40 % of the processor time of a load.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/stripped/', import.meta.url));
const version = process.versions.node;

// A test may start an older Node, which has neither this nor anything to strip.
module.registerHooks?.({
  load(url, context, next) {
    if (!/^file:.*\.ts$/.test(url)) return next(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    return { format: 'module', source: stripped(source), shortCircuit: true };
  },
});

/** Types become blanks, so that every line and column stays. */
function stripped(source) {
  const name = createHash('sha256').update(version).update(source).digest('base64url');
  try {
    return readFileSync(`${folder}${name}`, 'utf8');
  } catch {
    const made = module.stripTypeScriptTypes(source);
    keep(name, made);
    return made;
  }
}

/** In one step: another process may be reading it. One that cannot be kept is made again. */
function keep(name, made) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}${name}.${process.pid}`, made);
    renameSync(`${folder}${name}.${process.pid}`, `${folder}${name}`);
  } catch {}
}
