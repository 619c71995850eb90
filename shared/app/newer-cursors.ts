/** Cursors that a newer version of the app has written, during a deployment. */

import { poll } from '../flexibee/follow.ts';
import { DocumentNewerError } from '../storage/documents.ts';

/** What a newer version of the app has written is for that one: its workers poll, too. */
export async function pollKnown(...[context, options, signal]: Parameters<typeof poll>) {
  try {
    return await poll(context, options, signal);
  } catch (error) {
    if (!(error instanceof DocumentNewerError)) throw error;
    context.log(error.message);
    return 'trouble';
  }
}

export function newer(error: unknown): DocumentNewerError {
  if (error instanceof DocumentNewerError) return error;
  throw error;
}

export function isNewer(found: unknown): found is DocumentNewerError {
  return found instanceof DocumentNewerError;
}
