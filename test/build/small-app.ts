/** An app of two chunks, for tests of how chunks are loaded. */

import { z } from 'zod';

export const checked = (value: unknown): number => z.number().parse(value);

export function whereItFails(): string {
  return String(new Error('as asked').stack?.split('\n')[1]);
}
