/** Looks how old the data are that the catalogue has watched. */

import type { App } from '../../shared/app/app.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import type { Job, JobLog } from '../clock/job.ts';

/** Every quarter of an hour. */
const everySeconds = 900;

/** Named in one line. */
const named = 5;

export function watchAges(app: () => App): Job {
  const run = async (log: JobLog) => {
    const changes = await app()
      .current.watchAges()
      .catch((error: unknown) => {
        // Workers of that version look themselves.
        if (error instanceof DocumentNewerError) return { old: [], fresh: [] };
        throw error;
      });
    const { old, fresh } = changes;
    if (old.length > 0) log.warn(`Old: ${listed(old)}`);
    if (fresh.length > 0) log.info(`No longer old: ${listed(fresh)}`);
  };
  return { name: 'watch_ages', everySeconds, run };
}

function listed(ages: readonly { code: string; entity: string; place: string }[]): string {
  const names = ages
    .slice(0, named)
    .map(({ code, entity, place }) => `${entity} of ${code} in ${place}`);
  const more = ages.length > named ? ` and ${ages.length - named} more` : '';
  return `${names.join(', ')}${more}`;
}
