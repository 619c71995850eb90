/** Scripts as an administrator applies them by hand, record included. */

import { opening } from './installer.ts';
import type { Batch } from './script-batches.ts';
import type { Script } from './scripts.ts';

const literal = (text: string) => `N'${text.replaceAll("'", "''")}'`;

const go = (text: string, times = 1) => `${text}\nGO${times === 1 ? '' : ` ${times}`}`;

/**
 * What was not recorded is rolled back with the first error, however the client goes on after one;
 * batches that follow it are on their own then, and every script may be applied again.
 */
const afterBatch = 'IF @@ERROR <> 0 AND @@TRANCOUNT > 0 ROLLBACK TRANSACTION;';

/**
 * One script: its batches in one transaction with its record, so that the next `sql:install` goes on
 * after it. To be run by sqlcmd, Management Studio or whatever takes GO.
 */
export function printedScript({ name, sha256, batches }: Script): string {
  return [
    `-- ${name}`,
    go(opening),
    ...batches.flatMap(({ text, times }: Batch) => [go(text, times), go(afterBatch)]),
    go(`IF @@TRANCOUNT = 0
  RAISERROR(${literal(`${name} is not applied: see the errors above, and run it again.`)}, 16, 1);
ELSE
BEGIN
  IF NOT EXISTS (SELECT 1 FROM syncboard.applied_script WHERE name = ${literal(name)})
    INSERT INTO syncboard.applied_script (name, sha256, applied_at, applied_by)
    VALUES (${literal(name)}, '${sha256}', SYSUTCDATETIME(), SUSER_SNAME());
  COMMIT TRANSACTION;
END;`),
  ].join('\n');
}
