/** What a worker that stops was at goes on elsewhere: its message is put back by the worker itself. */

import type { InvocationContext } from '@azure/functions';

/** Never throws: what is not sent is found by a timer. @param what named in the log */
export async function sendOn(
  send: () => Promise<void>,
  what: string,
  context: InvocationContext,
): Promise<void> {
  try {
    await send();
    context.info(`${what} goes on elsewhere: this worker stops`);
  } catch (error) {
    context.warn(`${what} waits for a timer, its message could not be put back: ${String(error)}`);
  }
}
