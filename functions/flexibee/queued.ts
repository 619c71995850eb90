/** What a message of the queue of companies comes with, and what is said of it. */

import type { InvocationContext } from '@azure/functions';

/** When the queue took the message, by its own clock; undefined where the host does not tell. */
export function queuedAt({ triggerMetadata }: InvocationContext): string | undefined {
  const at = triggerMetadata?.['insertionTime'];
  return typeof at === 'string' ? at : undefined;
}

/**
 * Whether the log is spared an outcome: a thousand companies with nothing new each minute would bury
 * everything else, and trouble has been told when it began.
 */
export function isQuiet(outcome: string): boolean {
  return ['idle', 'trouble', 'not due', 'paused', 'closed', 'sparing', 'waits'].includes(outcome);
}
