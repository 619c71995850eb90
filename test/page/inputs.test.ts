/** What is typed is heard letter by letter, by one listener: two of them lose letters. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../page', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.tsx'),
);

/** Their `change` is one to Preact, too. */
const chosen = /\btype="(?:checkbox|radio|file)"/;

test('no input that is typed into listens to onChange: preact/compat makes it one of each letter', () => {
  const inputs = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/<(?:input|textarea)\b.*?\/>/gs)].map(
      ([text]) => ({ file, text }),
    ),
  );
  assert.ok(inputs.length > 20, 'they are found');
  const wrong = inputs.filter(({ text }) => !chosen.test(text) && text.includes('onChange='));
  assert.deepEqual(wrong, []);
});
