/** Styles of a view hold below its own root: no rule of one touches another. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const views = fileURLToPath(new URL('../../page/views', import.meta.url));
const files = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.css'),
);

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
      const text = readFileSync(join(views, file), 'utf8')
        .replace(/\/\*.*?\*\//gs, '')
        .replace(/^@import .*;$/gm, '');
      const roots = outermost(text);
      const [view = ''] = file.split(/[\\/]/);
      for (const root of roots) {
        assert.match(root, /^:where\(\.[\w.-]+\)$/);
        assert.equal(rootsOf.get(root) ?? view, view, `${root} is another view's`);
        rootsOf.set(root, view);
      }
    });
  }
});
