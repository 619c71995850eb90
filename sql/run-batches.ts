/** Runs a script's batches; an error names file and line. */

import { toDatabaseError } from '../shared/database/database-error.ts';
import type { Batch } from './script-batches.ts';

/** What is said of an error in `file`: its line there, or in which procedure it was. */
function placeOf(file: string, batch: Batch, error: unknown): string {
  const { procedure, line } = toDatabaseError(error);
  if (line === undefined) return `${file}, line ${batch.line}`;
  // Of a procedure that the batch makes, lines count from the batch's first one, too.
  const isOwn = procedure === undefined || /\b(?:CREATE|ALTER)\s+PROC/i.test(batch.text);
  if (!isOwn) return `${file}, line ${batch.line}, in ${procedure}, line ${line}`;
  return `${file}, line ${batch.line + Math.max(line, 1) - 1}`;
}

/**
 * Runs batches in their order, each as often as it says.
 *
 * @param file where they come from, for errors
 * @throws Error naming file and line, with the server's error as its cause; or the reason of `signal`
 */
export async function runBatches(
  file: string,
  batches: readonly Batch[],
  run: (text: string) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  for (const batch of batches) {
    for (let time = 0; time < batch.times; time++) {
      signal?.throwIfAborted();
      try {
        await run(batch.text);
      } catch (error) {
        signal?.throwIfAborted();
        const { message } = toDatabaseError(error);
        throw new Error(`${placeOf(file, batch, error)}: ${message}`, { cause: error });
      }
    }
  }
}
