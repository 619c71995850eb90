/** The ports of the local set-up, each by an environment variable, or all of them by `--ports`. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { wholeNumber } from '../shared/command-line/options.ts';

export interface Ports {
  app: number;
  blob: number;
  queue: number;
  /** The stand-in has four: locks belong to addresses, and the catalogue has four servers. */
  sqlServer: number;
  sqlServer2: number;
  sqlServer3: number;
  sqlServer4: number;
  sqlServerControl: number;
  flexibee: number;
  flexibeeControl: number;
  abraGen: number;
  abraGenControl: number;
}

export const defaultPorts: Ports = {
  app: 7071,
  blob: 10_000,
  queue: 10_001,
  sqlServer: 11_433,
  sqlServer2: 11_435,
  sqlServer3: 11_436,
  sqlServer4: 11_437,
  sqlServerControl: 11_434,
  flexibee: 5434,
  flexibeeControl: 5435,
  abraGen: 8699,
  abraGenControl: 8698,
};

/** In the order in which `--ports` gives them out. */
const variables: Record<keyof Ports, string> = {
  app: 'APP_PORT',
  blob: 'BLOB_PORT',
  queue: 'QUEUE_PORT',
  sqlServer: 'SQL_PORT',
  sqlServer2: 'SQL_PORT_2',
  sqlServer3: 'SQL_PORT_3',
  sqlServer4: 'SQL_PORT_4',
  sqlServerControl: 'SQL_CONTROL_PORT',
  flexibee: 'FLEXIBEE_PORT',
  flexibeeControl: 'FLEXIBEE_CONTROL_PORT',
  abraGen: 'ABRA_GEN_PORT',
  abraGenControl: 'ABRA_GEN_CONTROL_PORT',
};

const parts = Object.keys(variables) as (keyof Ports)[];

/** The environment variables that name them. */
export const portNames: readonly string[] = Object.values(variables);

const last = 65_535;

/** `--ports N`. The block, and some more for further workers, must fit below the last port. */
export const portsOption = (help: string) => wholeNumber(help, 1, 65_500);

/**
 * @param first what `--ports` says: the app's port, which the others follow one by one. A variable
 *   that is set wins over it.
 * @throws RangeError naming the variables: not a port, or two of one port
 */
export function readPorts(
  environment: Record<string, string | undefined>,
  first: number | undefined,
): Ports {
  const ports = { ...defaultPorts };
  const owners = new Map<number, string>();
  for (const [index, part] of parts.entries()) {
    const variable = variables[part];
    const text = environment[variable];
    if (first !== undefined) ports[part] = first + index;
    if (text !== undefined && text !== '') {
      ports[part] = /^\d{1,5}$/.test(text) ? Number(text) : 0;
      if (ports[part] < 1 || ports[part] > last) {
        throw new RangeError(`${variable} is ${text}; it must be a port from 1 to ${last}`);
      }
    }
    const owner = owners.get(ports[part]);
    if (owner !== undefined) {
      throw new RangeError(`${owner} and ${variable} are both ${ports[part]}; set one of them`);
    }
    owners.set(ports[part], variable);
  }
  return ports;
}

/** A line for each of `used` that cannot be had, naming its setting. */
export async function takenPorts(ports: Ports, used: readonly (keyof Ports)[]): Promise<string[]> {
  const lines = await Promise.all(
    used.map(async (part) => {
      const code = await troubleWith(ports[part]);
      if (code === undefined) return [];
      const why =
        code === 'EADDRINUSE' ? 'which another process has' : `which cannot be had (${code})`;
      const variable = variables[part];
      return [`${variable} is ${ports[part]}, ${why}; set ${variable} or --ports N`];
    }),
  );
  return lines.flat();
}

/** All of them, or those that are needed beside a SQL Server of one's own. */
export const usedPorts = (hasOwnSqlServer: boolean): readonly (keyof Ports)[] =>
  parts.filter((part) => !hasOwnSqlServer || !part.startsWith('sqlServer'));

/**
 * A port for each worker: the app's, then those above it that nobody listens on now and that are
 * not meant for another part.
 *
 * @throws RangeError where there are not so many
 */
export async function workerPorts(ports: Ports, count: number): Promise<number[]> {
  const found = [ports.app];
  const meant = new Set(Object.values(ports));
  for (let port = ports.app + 1; found.length < count; port += 1) {
    if (port > last) throw new RangeError(`above APP_PORT ${ports.app} no ${count - 1} are free`);
    if (!meant.has(port) && (await troubleWith(port)) === undefined) found.push(port);
  }
  return found;
}

/** What the system says of listening there: EADDRINUSE, EACCES. */
async function troubleWith(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
  await once(server.close(), 'close');
  return undefined;
}
