/** Applies the scripts that a database has not had yet, once and in order. */

import { dropAppLock, takeAppLock } from '../shared/database/app-lock.ts';
import type { Session } from '../shared/database/session.ts';
import { runBatches } from './run-batches.ts';
import type { Script } from './scripts.ts';

/** Two installations at once take turns. */
const lock = 'syncboard/install';

/**
 * Begins each script's transaction, by hand and by the installer: these two take turns as well. A
 * lock of another name: Babelfish, which knows one place for all of them, gives up the session's
 * with the transaction's.
 */
export const opening = `SET XACT_ABORT ON;
BEGIN TRANSACTION;
EXEC sys.sp_getapplock @Resource = N'${lock}/script', @LockMode = 'Exclusive',
  @LockOwner = 'Transaction', @LockTimeout = -1;`;

/** The database has had a script that is not the one of this folder; nothing was done. */
export class ChangedScriptError extends Error {
  constructor(faults: readonly string[]) {
    super(`Nothing was installed:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ChangedScriptError';
  }
}

/**
 * Applies what is missing; each script is one transaction, recorded in it. Afterwards the session
 * is to be destroyed: scripts may have set options.
 *
 * @param onApplied is told the name of each script as it is done
 * @returns the names of the scripts that were applied now
 * @throws ChangedScriptError, DatabaseError (before the first script), Error naming a script's
 *   file and line, or the reason of `signal`
 */
export async function install(
  session: Session,
  scripts: readonly Script[],
  onApplied: (name: string) => void,
  signal: AbortSignal,
): Promise<string[]> {
  await takeAppLock(session, lock, 'sql:install', signal);
  const missing = await missingScripts(session, scripts, signal);
  for (const script of missing) {
    await apply(session, script, signal);
    onApplied(script.name);
  }
  await dropAppLock(session, lock, signal);
  return missing.map(({ name }) => name);
}

/** The scripts that the database has not had. @throws ChangedScriptError, DatabaseError */
export async function missingScripts(
  session: Session,
  scripts: readonly Script[],
  signal: AbortSignal,
): Promise<Script[]> {
  const applied = await appliedScripts(session, signal);
  const here = new Map(scripts.map((script) => [script.name, script]));
  const faults = [...applied].flatMap(([name, sha256]) => {
    const script = here.get(name);
    if (script === undefined) return [`${name} was applied and is not here: use a newer version`];
    if (script.sha256 === sha256) return [];
    return [
      `${name} has changed since it was applied: undo that, and add a script of its own; or give the catalogue's schemas the names that they had`,
    ];
  });
  if (faults.length > 0) throw new ChangedScriptError(faults);
  return scripts.filter(({ name }) => !applied.has(name));
}

async function appliedScripts(session: Session, signal: AbortSignal): Promise<Map<string, string>> {
  const [found] = await session.query(
    "SELECT OBJECT_ID(N'syncboard.applied_script') AS id",
    [],
    signal,
  );
  if (found?.['id'] == null) return new Map();
  const rows = await session.query('SELECT name, sha256 FROM syncboard.applied_script', [], signal);
  return new Map(rows.map((row) => [String(row['name']), String(row['sha256'])]));
}

async function apply(session: Session, script: Script, signal: AbortSignal): Promise<void> {
  const file = `${script.name}.sql`;
  try {
    await session.batch(opening, signal);
    await runBatches(file, script.batches, (text) => session.batch(text, signal), signal);
    await session.query(
      `INSERT INTO syncboard.applied_script (name, sha256, applied_at, applied_by)
VALUES (@name, @sha256, SYSUTCDATETIME(), SUSER_SNAME())`,
      [
        { name: 'name', type: 'nvarchar(128)', value: script.name },
        { name: 'sha256', type: 'char(64)', value: script.sha256 },
      ],
      signal,
    );
    await session.batch('COMMIT TRANSACTION;', signal);
  } catch (error) {
    signal.throwIfAborted();
    // The transaction ends with the session, if the error has not ended it already.
    session.destroy();
    throw error;
  }
}
