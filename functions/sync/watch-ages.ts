/** Looks how old the data are that the catalogue has watched. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';

/** Every quarter of an hour. */
export const agesSchedule = '0 */15 * * * *';

/** Named in one line. */
const named = 5;

export function watchAges(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const changes = await app()
      .current.watchAges()
      .catch((error: unknown) => {
        // Workers of that version look themselves.
        if (error instanceof DocumentNewerError) return { old: [], fresh: [] };
        throw error;
      });
    const { old, fresh } = changes;
    if (old.length > 0) context.warn(`Old: ${listed(old)}`);
    if (fresh.length > 0) context.info(`No longer old: ${listed(fresh)}`);
  };
}

function listed(ages: readonly { code: string; entity: string; place: string }[]): string {
  const names = ages
    .slice(0, named)
    .map(({ code, entity, place }) => `${entity} of ${code} in ${place}`);
  const more = ages.length > named ? ` and ${ages.length - named} more` : '';
  return `${names.join(', ')}${more}`;
}
