/**
 * Which files `npm test` plays: all, but of those that take long (`long-files.ts`) a fifth, others
 * each time. `EVERY_CASE=1 npm test` plays all.
 */

import { globSync } from 'node:fs';
import { longFiles } from './long-files.ts';
import { oneOfEach } from './some-of.ts';

/** One of so many. */
export const shareOfLong = 5;

/** The long ones first, so that no processor waits for them at the end. */
export function testFiles(): string[] {
  const all = globSync(
    ['test/**/*.test.ts', 'demo/test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    {
      exclude: (name) => name === 'node_modules' || name.endsWith('/node_modules'),
    },
  );
  const short = all.filter((file) => !longFiles.includes(file)).sort();
  return [...oneOfEach(longFiles, shareOfLong), ...short];
}
