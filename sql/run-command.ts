/** `npm run sql:run`: T-SQL of somebody's own in a database of the catalogue. See docs/sql-server.md. */

import { readFile } from 'node:fs/promises';
import { loadCatalog } from '../shared/catalog/locate-catalog.ts';
import { CommandLineEnd, readCommandLine } from '../shared/command-line/command-line.ts';
import type { Command, Options, Values } from '../shared/command-line/options.ts';
import { Databases } from '../shared/database/databases.ts';
import { didYouMean } from '../shared/faults/near-name.ts';
import { utf8Text } from '../shared/faults/utf8-text.ts';
import { requireStorage } from '../shared/settings/storage.ts';
import { openContainer } from '../shared/storage/container.ts';
import { openSession } from './open-session.ts';
import { runBatches } from './run-batches.ts';
import { type Batch, batchesOf } from './script-batches.ts';

const description = {
  name: 'npm run sql:run --',
  what: 'Runs T-SQL in a database of the catalogue, and shows the rows that it gives.',
  operands: [{ name: 'FILE', help: 'with GO between batches', isOptional: true }],
  options: {
    database: { type: 'text', value: 'ID', help: "the catalogue's id of the database, such as ab" },
    query: { type: 'text', value: 'TEXT', help: 'T-SQL, in place of FILE' },
    url: { type: 'text', value: 'ADDRESS', help: 'connection string, in place of the setting' },
  },
  more: `Without --url it takes the setting that the catalogue names for the database, such as SQL_AB, out of
the environment, or of local.settings.json (the sample where there is none): the demo's, at its
usual ports. CATALOG counts as for the app. With --url no --database is needed. Where a batch fails,
those before it were run. Exit codes: 0 done, 1 failed, 2 wrong arguments.`,
} as const satisfies Command<Options>;

/**
 * @param settings the environment, over those of this machine
 * @param write gets what is read, in lines
 * @returns the exit code: 0 done, 2 wrong arguments
 * @throws Error naming file and line of what the server refuses, or the reason of `signal`
 */
export async function runCommand(
  args: readonly string[],
  settings: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  let given: Values<typeof description.options> & { operands: string[] };
  try {
    given = readCommandLine(description, args);
  } catch (error) {
    if (!(error instanceof CommandLineEnd)) throw error;
    write(error.message);
    return error.exitCode;
  }
  const wrong = (text: string) => {
    write(`${text}\n${description.name} --help says what there is`);
    return 2;
  };
  const [file] = given.operands;
  if ((file === undefined) === (given.query === undefined)) return wrong('give FILE or --query');
  const setting = (name: string) => settings[name]?.trim() || undefined;
  const place = await placeOf(given, setting, signal);
  if (typeof place === 'string') return wrong(place);
  const batches = batchesOf(given.query ?? utf8Text(await readFile(file ?? '', { signal })));
  const databases = new Databases([place]);
  try {
    const session = await openSession(databases, place, signal);
    try {
      const run = async (text: string) => {
        for (const line of tableOf(await session.batch(text, signal))) write(line);
      };
      for (const [before, batch] of batches.entries()) {
        await runBatches(file ?? '--query', [batch], run, signal).catch((error: Error) => {
          if (before > 0 && !signal.aborted) error.message += whatWasRun(before, batch);
          throw error;
        });
      }
      const where = given.database === undefined ? '' : ` in ${place.id}`;
      write(`done: ${batches.length} ${batches.length === 1 ? 'batch' : 'batches'}${where}`);
      return 0;
    } finally {
      session.destroy();
    }
  } finally {
    await databases.close();
  }
}

interface Place {
  id: string;
  /** What the address is called in errors, which never show it. */
  setting: string;
  connectionString: string;
}

/** Where the batches are to run; or what is wrong with what was given. */
async function placeOf(
  { database: wanted, url }: Values<typeof description.options>,
  setting: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<Place | string> {
  if (url !== undefined && wanted === undefined) {
    return { id: 'the database', setting: '--url', connectionString: url };
  }
  const container = (bounded: AbortSignal) => openContainer(requireStorage(setting), bounded);
  const catalog = await loadCatalog(setting('CATALOG'), container, signal, {
    settings: { value: setting },
  });
  const known = catalog.databases.map(({ id }) => id);
  const database = catalog.databases.find(({ id }) => id === wanted);
  if (database === undefined) {
    const near = wanted === undefined ? '' : didYouMean(wanted, known);
    return `--database must be one of ${known.join(', ')}${near}`;
  }
  const { id, connection } = database;
  const connectionString = url ?? setting(connection);
  if (!connectionString) return `${connection} is not set: set it, or use --url`;
  return { id, setting: url === undefined ? connection : '--url', connectionString };
}

/** A file that is run anew from its top would meet what it has made already. */
const whatWasRun = (before: number, { line }: Batch): string =>
  `\n${before === 1 ? 'The batch' : `The ${before} batches`} before line ${line} ${before === 1 ? 'was' : 'were'} run: mend this one, and run the file from there.`;

/** The first result set of a batch: a line of names, and one for each row, with tabs between. */
function tableOf(rows: readonly Record<string, unknown>[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  return [names, ...rows.map((row) => names.map((name) => textOf(row[name])))].map((cells) =>
    cells.join('\t'),
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : String(value);
}
