/** sys.dm_tran_locks: application locks; others are not kept by name. */

import { createHash } from 'node:crypto';
import { because, errors } from '../errors.ts';
import type { LockMode } from '../locks/app-locks.ts';
import type { SqlValue } from '../procedure.ts';
import type { Instance } from './instance.ts';

/** Every server has them; nothing of ours is kept there. */
export const systemDatabases = ['master', 'tempdb', 'model', 'msdb'];

export const lockColumns =
  'resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int, resource_description nvarchar(256), resource_associated_entity_id bigint, request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60), request_reference_count smallint, request_session_id int, request_owner_type nvarchar(60)';

const modes: Readonly<Record<LockMode, string>> = {
  Shared: 'S',
  Update: 'U',
  IntentShared: 'IS',
  IntentExclusive: 'IX',
  Exclusive: 'X',
};

/** A lock's name is `database\nresource` (`lockName`). @throws 297, after 300 */
export function lockRows(instance: Instance): SqlValue[][] {
  if (instance.denied.has('VIEW SERVER STATE')) {
    throw because(errors.viewServerStateDenied(), errors.actionDenied());
  }
  const ids = new Map([
    ...systemDatabases.map((name, index) => [name, index + 1] as const),
    ...instance.databases.map(({ name }, index) => [name.toLowerCase(), index + 5] as const),
  ]);
  return instance.appLocks.list().map(({ name, spid, kind, mode, isGranted }) => {
    const [database = '', resource = ''] = name.split(/\n(.*)/s);
    return [
      'APPLICATION',
      '',
      ids.get(database.toLowerCase()) ?? 0,
      description(resource),
      0,
      modes[mode],
      'LOCK',
      isGranted ? 'GRANT' : 'WAIT',
      1,
      spid,
      kind.toUpperCase(),
    ];
  });
}

/** Principal (0: public), the first 32 letters, and a hash of the whole. */
function description(resource: string): string {
  const hash = createHash('md5').update(resource).digest('hex').slice(0, 8);
  return `0:[${resource.slice(0, 32)}]:(${hash})`;
}
