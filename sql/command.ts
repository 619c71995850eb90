/** `npm run sql:install`: what the product needs in its databases. See docs/sql-server.md. */

import { fileURLToPath } from 'node:url';
import { type Grant, grantStatement, grantsFor } from '../shared/app/grants.ts';
import { loadCatalog } from '../shared/catalog/locate-catalog.ts';
import { CommandLineEnd, readCommandLine } from '../shared/command-line/command-line.ts';
import type { Command, Options, Values } from '../shared/command-line/options.ts';
import { Databases } from '../shared/database/databases.ts';
import { bracketed, usualSchemas } from '../shared/database/product-schemas.ts';
import type { Session } from '../shared/database/session.ts';
import { loadDynsqlCatalog } from '../shared/dynsql/language/locate-definitions.ts';
import { didYouMean } from '../shared/faults/near-name.ts';
import { requireStorage } from '../shared/settings/storage.ts';
import { openContainer } from '../shared/storage/container.ts';
import { indexesFor, indexStatement } from './indexes.ts';
import { install, missingScripts } from './installer.ts';
import { openSession } from './open-session.ts';
import { inSchemas } from './own-schemas.ts';
import { checkDatabase } from './preconditions.ts';
import { printedScript } from './print-script.ts';
import { runBatches } from './run-batches.ts';
import { readScripts, type Script } from './scripts.ts';
import { bringUpTyped } from './typed-bases.ts';

const description = {
  name: 'npm run sql:install --',
  what: 'Installs what the product needs in a database of the catalogue: the scripts of sql/install.',
  options: {
    database: { type: 'text', value: 'ID', help: "the catalogue's id of the database, such as ab" },
    url: {
      type: 'text',
      value: 'ADDRESS',
      help: 'connection string of an administrator; see below',
    },
    grants: { type: 'flag', help: 'instead of the scripts: the role and its rights' },
    indexes: { type: 'flag', help: 'write CREATE INDEX for freshness queries, change nothing' },
    print: { type: 'flag', help: 'write the T-SQL to standard output, change nothing' },
  },
  more: `Without --url it takes the setting that the catalogue names for the database, such as SQL_AB, out of
the environment. CATALOG and DYNSQL count as for the app; where they name blobs,
AzureWebJobsStorage, too. Indexes of the same columns under other names are as good.
Exit codes: 0 done, 1 failed or incomplete, 2 wrong arguments.`,
} as const satisfies Command<Options>;

const folder = fileURLToPath(new URL('./install/', import.meta.url));

/**
 * @param write gets what an operator reads, in lines
 * @returns the exit code: 0 done, 1 failed or incomplete, 2 wrong arguments
 */
export async function command(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  let options: Values<typeof description.options>;
  try {
    options = readCommandLine(description, args);
  } catch (error) {
    if (!(error instanceof CommandLineEnd)) throw error;
    write(error.message);
    return error.exitCode;
  }
  if (options.database === undefined) {
    write('--database is missing\nnpm run sql:install -- --help says what there is');
    return 2;
  }
  const variable = (name: string) => environment[name]?.trim() || undefined;
  const container = (bounded: AbortSignal) => openContainer(requireStorage(variable), bounded);
  const catalog = await loadCatalog(variable('CATALOG'), container, signal, {
    settings: { value: variable },
  });
  const database = catalog.databases.find(({ id }) => id === options.database);
  if (database === undefined) {
    const known = catalog.databases.map(({ id }) => id);
    const near = didYouMean(options.database, known);
    write(`--database is ${options.database}${near}; it must be one of ${known.join(', ')}`);
    return 2;
  }
  const scripts = inSchemas(await readScripts(folder), database.schemas ?? usualSchemas);
  if (options.indexes) {
    for (const index of indexesFor(catalog, database.id)) {
      if (!makesTable(scripts, index.table)) write(indexStatement(index));
    }
    return 0;
  }
  let grants: Grant[] | undefined;
  if (options.grants) {
    const { definitions } = await loadDynsqlCatalog(variable('DYNSQL'), container, signal);
    grants = grantsFor(catalog, definitions, database.id);
  }
  const connectionString = options.url ?? environment[database.connection];
  if (!connectionString && grants && options.print) {
    printGrants(roleScript(scripts), grants, write);
    write(`-- ${database.connection} is not set: whether all of it is there was not looked at`);
    return 0;
  }
  if (!connectionString) {
    write(`${database.connection} is not set: give it in the environment, or use --url`);
    return 2;
  }
  const setting = options.url === undefined ? database.connection : '--url';
  const place = { id: database.id, setting, connectionString };
  const databases = new Databases([place]);
  try {
    const session = await openSession(databases, place, signal);
    try {
      // Printed T-SQL stays T-SQL.
      const mark = options.print ? '-- ' : '';
      for (const note of await checkDatabase(session, signal)) write(`${mark}${note}`);
      if (grants) {
        const role = roleScript(scripts);
        const { there, missing } = await lookedUp(session, grants, signal);
        for (const line of missing) write(`${mark}${line}`);
        if (options.print) printGrants(role, there, write);
        else await grantAll(session, role, there, signal);
        if (!options.print) write(`granted ${there.length} of ${grants.length} rights`);
        return missing.length === 0 ? 0 : 1;
      }
      if (options.print) return await printMissing(session, scripts, write, signal);
      const applied = await install(session, scripts, (name) => write(`applied ${name}`), signal);
      const altered = await bringUpTyped(session, signal, database.schemas);
      for (const evidence of altered) write(`altered the typed tables of ${evidence}`);
      const isIdle = applied.length === 0 && altered.length === 0;
      write(isIdle ? 'nothing to do: all scripts are applied' : 'done');
      return 0;
    } finally {
      session.destroy();
    }
  } finally {
    await databases.close();
  }
}

/** Tables of our own come with their indexes. */
function makesTable(scripts: readonly Script[], table: readonly string[]): boolean {
  const [schema = '', ...names] = table;
  const starts = [table, [bracketed(schema), ...names]].map(
    (parts) => `CREATE TABLE ${parts.join('.')} (`,
  );
  return scripts.some(({ batches }) =>
    batches.some(({ text }) => starts.some((start) => text.includes(start))),
  );
}

function roleScript(scripts: readonly Script[]): Script {
  const script = scripts.find(({ name }) => name === '002-runner-role');
  if (script === undefined) throw new Error('sql/install/002-runner-role.sql is missing');
  return script;
}

async function printMissing(
  session: Session,
  scripts: readonly Script[],
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const missing = await missingScripts(session, scripts, signal);
  const [found] = await session.query('SELECT QUOTENAME(DB_NAME()) AS name', [], signal);
  if (missing.length > 0) write(`USE ${String(found?.['name'])};\nGO`);
  for (const script of missing) write(printedScript(script));
  return 0;
}

function printGrants(
  { batches }: Script,
  grants: readonly Grant[],
  write: (line: string) => void,
): void {
  for (const { text } of batches) write(`${text}\nGO`);
  for (const grant of grants) write(grantStatement(grant));
}

/** A procedure that is not there yet does not keep the others from being granted. */
async function lookedUp(
  session: Session,
  grants: readonly Grant[],
  signal: AbortSignal,
): Promise<{ there: Grant[]; missing: string[] }> {
  const [here] = await session.query('SELECT QUOTENAME(DB_NAME()) AS name', [], signal);
  const own = String(here?.['name']).toLowerCase();
  const there: Grant[] = [];
  const missing: string[] = [];
  for (const { right, object, elsewhere } of grants) {
    if (elsewhere !== undefined && elsewhere.toLowerCase() !== own) {
      missing.push(`not of this database, grant it there: ${elsewhere}.${object}`);
      continue;
    }
    const [found] = await session.query(
      'SELECT OBJECT_ID(@object) AS id',
      [{ name: 'object', type: 'nvarchar(517)', value: object }],
      signal,
    );
    if (found?.['id'] == null) missing.push(`not there: ${object}`);
    else there.push({ right, object });
  }
  return { there, missing };
}

async function grantAll(
  session: Session,
  { name, batches }: Script,
  grants: readonly Grant[],
  signal: AbortSignal,
): Promise<void> {
  await runBatches(`${name}.sql`, batches, (text) => session.batch(text, signal), signal);
  for (const grant of grants) await session.batch(grantStatement(grant), signal);
}
