/** Styles of a view hold below its own root: no rule of one touches another. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const views = fileURLToPath(new URL('../../page/views', import.meta.url));
const all = readdirSync(views, { recursive: true, encoding: 'utf8' });
const files = all.filter((name) => name.endsWith('.css'));
const shared = fileURLToPath(new URL('../../page/style', import.meta.url));

const read = (file: string) => readFileSync(join(views, file), 'utf8');
const viewOf = (file: string) => file.split(/[\\/]/)[0] ?? '';

/** Names of classes that a style sheet has a rule of. */
const styledIn = (text: string) =>
  [...text.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name);

/** What stands before each block that is in no other. */
function outermost(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let begun = 0;
  for (const [at, letter] of [...text].entries()) {
    if (letter === '{') {
      if (depth === 0) found.push(text.slice(begun, at).trim());
      depth += 1;
    } else if (letter === '}') {
      depth -= 1;
      begun = at + 1;
    }
  }
  return found;
}

describe('styles of views', () => {
  const rootsOf = new Map<string, string>();
  for (const file of files) {
    it(file, () => {
      const text = read(file)
        .replace(/\/\*.*?\*\//gs, '')
        .replace(/^@import .*;$/gm, '');
      const roots = outermost(text);
      const view = viewOf(file);
      for (const root of roots) {
        assert.match(root, /^:where\(\.[\w.-]+\)$/);
        assert.equal(rootsOf.get(root) ?? view, view, `${root} is another view's`);
        rootsOf.set(root, view);
      }
    });
  }
});

test('what a view shows is styled by itself or by what is shared, never by another view alone', () => {
  const everywhere = new Set(
    readdirSync(shared).flatMap((file) => styledIn(readFileSync(join(shared, file), 'utf8'))),
  );
  const owners = Map.groupBy(
    files.flatMap((file) => styledIn(read(file)).map((name) => ({ name, view: viewOf(file) }))),
    ({ name }) => name,
  );
  const strays = all
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => {
      const shown = [...read(file).matchAll(/\bclass="([^"]+)"/g)].flatMap(([, names = '']) =>
        names.split(' '),
      );
      return shown.flatMap((name) => {
        const styled = owners.get(name) ?? [];
        const isOurs = everywhere.has(name) || styled.some(({ view }) => view === viewOf(file));
        return isOurs || styled.length === 0 ? [] : [`${file}: ${name}`];
      });
    });
  assert.deepEqual(strays, []);
});
