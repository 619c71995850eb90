/** ALTER DATABASE … SET, of what a client can see here. */

import { errors } from '../errors.ts';
import type { Statement } from '../syntax/ast.ts';
import type { SessionState } from './state.ts';

/** Of SQL Server 2019. */
const levels = [100, 110, 120, 130, 140, 150];

/** @throws 5011, 15048 */
export function alterDatabase(
  session: SessionState,
  { name, level, rowVersions, snapshots }: Extract<Statement, { kind: 'alterDatabase' }>,
): void {
  const database = name === undefined ? session.database : session.instance.database(name);
  if (!database) throw errors.alterDenied(name ?? '');
  if (level !== undefined) {
    if (!levels.includes(level)) throw errors.compatibilityLevel();
    database.compatibilityLevel = level;
  }
  if (rowVersions !== undefined) database.rowVersions = rowVersions;
  if (snapshots !== undefined) database.snapshots = snapshots;
}
