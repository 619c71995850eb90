/**
 * Loaded before the modules of every script, and of every Node process that it starts: what was
 * made of a TypeScript file is kept for the next process that loads it. Node's own compile cache
 * begins behind the removal of types, which is 40 % of the processor time of a load; together they
 * make the second `npm start` three times cheaper than the first.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
const stripped = `${folder}stripped/`;
const { env, version } = process;

env.NODE_COMPILE_CACHE ??= `${folder}node`;
module.enableCompileCache?.(env.NODE_COMPILE_CACHE);
if (!env.NODE_OPTIONS?.includes(import.meta.url)) {
  env.NODE_OPTIONS = [env.NODE_OPTIONS, `--import=${import.meta.url}`].filter(Boolean).join(' ');
}

// A test may start an older Node, which has no such hooks and nothing to strip.
module.registerHooks?.({
  load(url, context, next) {
    if (!/^file:.*\.ts$/.test(url)) return next(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    return { format: 'module', source: withoutTypes(source), shortCircuit: true };
  },
});

/** Types become blanks, so that every line and column stays. */
function withoutTypes(source) {
  const name = createHash('sha256').update(version).update(source).digest('base64url');
  try {
    return readFileSync(`${stripped}${name}`, 'utf8');
  } catch {
    const made = module.stripTypeScriptTypes(source);
    keep(name, made);
    return made;
  }
}

/** In one step: another process may be reading it. What cannot be kept is made again. */
function keep(name, made) {
  try {
    mkdirSync(stripped, { recursive: true });
    writeFileSync(`${stripped}${name}.${process.pid}`, made);
    renameSync(`${stripped}${name}.${process.pid}`, `${stripped}${name}`);
  } catch {}
}
