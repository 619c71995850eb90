/** Every link of the documents leads somewhere, to the heading that it names. */

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => /(^|\/)(node_modules|dist|\.local)$/.test(name),
});

const known = new Map<string, Set<string>>();

/** What `#…` may name in a document, as a forge makes it of the headings. */
function anchors(file: string): Set<string> {
  const before = known.get(file);
  if (before) return before;
  const slugger = new GithubSlugger();
  const text = withoutCode(readFileSync(join(root, file), 'utf8'));
  const headings = [...text.matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, heading = '']) => heading);
  const found = new Set(headings.map((heading) => slugger.slug(asRead(heading))));
  known.set(file, found);
  return found;
}

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** Without marks: a link is its text. */
const asRead = (heading: string): string =>
  heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');

/** Why a link leads nowhere; undefined: it does. */
function wrongWith(file: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const to = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
  if (!existsSync(join(root, to))) return 'there is no such file';
  if (anchor === undefined || anchors(to).has(anchor)) return undefined;
  return `there is no such heading; there are ${[...anchors(to)].join(', ')}`;
}

test(`links of ${files.length} documents`, () => {
  let links = 0;
  const wrong = files.flatMap((file) => {
    const text = withoutCode(readFileSync(join(root, file), 'utf8')).replace(/`[^`\n]*`/g, '');
    const targets = [...text.matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, target = '']) => target);
    return targets.flatMap((target) => {
      if (/^[a-z]+:/.test(target)) return [];
      links += 1;
      const why = wrongWith(file, target);
      return why === undefined ? [] : [`${file}: ${target}: ${why}`];
    });
  });
  assert.deepEqual(wrong, []);
  assert.ok(links > 100, `${links} links`);
});
