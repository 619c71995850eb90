/** What other terminals need where the ports are not the usual ones: the addresses of this start. */

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPorts, type Ports } from './ports.ts';

/**
 * Writes them into the folder of the state, for a shell to read: `. FOLDER/addresses.sh`. Without it
 * `npx syncboard` and `npm run sql:run` ask the usual ports, where somebody else's servers may be.
 *
 * @param settings what the app has of all that commands ask for, as `settingsForTerminals` gives it
 * @returns the file; undefined where all ports are the usual ones
 */
export async function writeAddresses(
  folder: string,
  ports: Ports,
  settings: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const isUsual = Object.entries(defaultPorts).every(
    ([part, port]) => ports[part as keyof Ports] === port,
  );
  const file = join(folder, 'addresses.sh');
  if (isUsual) {
    // Of an earlier start there.
    await rm(file, { force: true });
    return undefined;
  }
  // It has passwords.
  await writeFile(file, addressesScript(ports, settings), { mode: 0o600 });
  return file;
}

/** Lines for a shell, each value in single quotes, in which nothing means anything. */
export function addressesScript(
  { app }: Pick<Ports, 'app'>,
  settings: Readonly<Record<string, string>>,
): string {
  const all = { SYNCBOARD_URL: `http://127.0.0.1:${app}`, ...settings };
  return Object.entries(all)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
