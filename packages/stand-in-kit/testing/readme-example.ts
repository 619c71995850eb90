/** The first TypeScript example of a package's README, run as it stands. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/**
 * Written beside the test, so that packages are found as they are by whoever copies the lines.
 * @param test `import.meta.url` of a test in the package's `test/`
 * @param look a statement before the line that begins with `before`: what to export of the example
 * @returns what the example exports, when it has come to its end
 */
export async function runReadmeExample(
  context: TestContext,
  test: string,
  { look, before }: { look: string; before: string },
): Promise<Record<string, unknown>> {
  const readme = await readFile(new URL('../README.md', test), 'utf8');
  const [, code = ''] = /## In ten lines\n.*?```ts\n(.*?)```/s.exec(readme) ?? [];
  assert.ok(code.includes(`\n${before}`), code);
  const place = await mkdtemp(join(fileURLToPath(new URL('.', test)), '.readme-'));
  context.after(() => rm(place, { recursive: true, force: true }));
  const script = join(place, 'example.ts');
  await writeFile(script, code.replace(`\n${before}`, `\n${look}\n${before}`));
  return import(script);
}
