/** A new database's schema and seed, in one transaction: a half-made file is never taken for a whole one. */

import { batchesOf } from '../../../../sql/script-batches.ts';
import { SqlServerError } from '../procedure.ts';
import { parseBatch } from '../syntax/statements.ts';
import type { ResponseSink } from '../tds/backend.ts';
import type { Database } from './database.ts';
import type { Instance } from './instance.ts';
import { runStatements } from './interpreter.ts';
import { newFrame, SessionState } from './state.ts';

const marker = 'sys$seeded';

const nobody = {
  ...{ user: 'sa', applicationName: 'setup', hostName: '', libraryName: '' },
  readOnlyIntent: false,
};

/** @throws the first error of the schema, with its line */
export async function initialise(instance: Instance, database: Database): Promise<void> {
  const session = new SessionState(instance, database, nobody);
  const connection = session.connection();
  const isDone =
    connection.first('SELECT 1 FROM sqlite_schema WHERE name = ?', [marker]) !== undefined;
  try {
    if (isDone) return;
    const { signal } = new AbortController();
    session.transaction.begin();
    await session.lock(database, signal);
    session.options.xactAbort = true;
    for (const { text } of batchesOf(database.definition.schema ?? '')) {
      await runStatements({ session, sink: throwingSink, signal }, newFrame(), parseBatch(text));
    }
    database.definition.seed?.(connection.sqlite);
    connection.sqlite.exec(`CREATE TABLE "${marker}" (at TEXT)`);
    session.transaction.commit();
  } finally {
    session.reset(false);
  }
}

const ignore = () => {};

/** Nobody reads the answers; an error stops the setup. */
const throwingSink: ResponseSink = {
  columns: ignore,
  row: ignore,
  done: ignore,
  info: ignore,
  error: ({ number, text, severity, state, line }) => {
    throw new SqlServerError(number, `schema: ${text}`, {
      severity,
      state,
      ...(line !== undefined && { line }),
    });
  },
  environment: ignore,
  returnStatus: ignore,
  outputParameter: ignore,
  transaction: ignore,
  ready: async () => {},
};
