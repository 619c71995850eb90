/** The ports of the local set-up, each by an environment variable. */

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

/** The environment variables that name them. */
export const portNames: readonly string[] = Object.values(variables);

/** @throws RangeError naming the variable and the allowed range */
export function readPorts(environment: Record<string, string | undefined>): Ports {
  const ports = { ...defaultPorts };
  for (const part of Object.keys(variables) as (keyof Ports)[]) {
    const text = environment[variables[part]];
    if (text === undefined || text === '') continue;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) {
      throw new RangeError(`${variables[part]} is ${text}; it must be a port from 1 to 65535`);
    }
    ports[part] = port;
  }
  return ports;
}
