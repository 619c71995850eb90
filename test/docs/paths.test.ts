/** Paths, links, headings and npm scripts that the documents name are there. */

import assert from 'node:assert/strict';
import { access, glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from '../../cli/commands.ts';
import manifest from '../../package.json' with { type: 'json' };
import { anchorsOf } from './anchors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What is in these is of the project; other paths in the documents are blobs, addresses, somebody’s own. */
const rooms = [
  'functions',
  'shared',
  'packages',
  'demo',
  'sql',
  'catalog',
  'test',
  'bench',
  'docs',
];
const documents = ['README.md', 'CONTRIBUTING.md'];
const found = glob('{docs,examples,page,packages/*}/**/*.md', { cwd: root, exclude: inModules });
for await (const document of found) documents.push(document);

/** In blocks and in sentences: `npx syncboard company poll flexi` is the command `company poll`. */
function isCommand(typed: string): boolean {
  const words = typed.split(/ +/);
  return commands.some(({ words: command }) =>
    command.split(' ').every((word, index) => words[index] === word),
  );
}

test('of commands in sentences those are found that there are not', () => {
  const typed = ['status', 'company pol flexi', 'run --code 0c10', 'company poll flexi', 'catalog'];
  assert.deepEqual(typed.map(isCommand), [false, false, true, true, false]);
});

function inModules(path: string): boolean {
  return path.includes('node_modules');
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(join(root, path));
    return true;
  } catch {
    return false;
  }
}

const anchors = async (file: string) => anchorsOf(await readFile(join(root, file), 'utf8'));

function named(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

for (const document of documents) {
  test(`${document} names nothing that is not there`, async () => {
    const text = await readFile(join(root, document), 'utf8');
    const missing: string[] = [];
    for (const link of named(text, /\]\(([^)\s]+)[^)]*\)/g)) {
      if (/^(https?|mailto):/.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? document : normalize(join(dirname(document), path));
      if (!(await isThere(file))) missing.push(link);
      else if (anchor !== undefined && !(await anchors(file)).has(anchor)) missing.push(link);
    }
    for (const path of named(text, /`([\w-]+\/[\w./-]+)`/g)) {
      const [room = ''] = path.split('/');
      if (!rooms.includes(room)) continue;
      const near = normalize(join(dirname(document), path));
      if (!((await isThere(path)) || (await isThere(near)))) missing.push(path);
    }
    for (const typed of named(text, /npx syncboard ([a-z][\w -]*)/g)) {
      if (!isCommand(typed)) missing.push(`npx syncboard ${typed}`);
    }
    for (const script of named(text, /npm run ([\w:]+)/g)) {
      if (!Object.hasOwn(manifest.scripts, script)) missing.push(`npm run ${script}`);
    }
    assert.deepEqual(missing, []);
  });
}
