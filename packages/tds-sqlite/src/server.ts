/** The SQL Server stand-in: databases, engine, wire protocol and control interface put together. */

import { startControl } from 'stand-in-kit';
import { controlRoutes } from './control.ts';
import type { DatabaseDefinition, SqlServer, SqlServerOptions } from './procedure.ts';
import { initialise } from './session/initialise.ts';
import { Instance } from './session/instance.ts';
import { createBackend } from './session/login.ts';
import type { Connection } from './storage/connection.ts';
import { startTdsServer, type TdsServer } from './tds/server.ts';

/**
 * Starts it on this machine only. A database whose file is new gets its schema and its seed.
 * @throws RangeError for options that cannot be, SqlServerError for a schema that is refused
 */
export async function startSqlServer(options: SqlServerOptions): Promise<SqlServer> {
  const instance = new Instance(options);
  const direct = new Map<string, Connection>();
  try {
    for (const database of instance.databases) await initialise(instance, database);
    const backend = createBackend(instance);
    const listeners: TdsServer[] = [];
    const closeListeners = () => Promise.all(listeners.map((tds) => tds.close()));
    try {
      for (const port of [options.port ?? 0, ...(options.morePorts ?? [])]) {
        listeners.push(await startTdsServer(backend, { port }));
      }
    } catch (error) {
      await closeListeners();
      throw error;
    }
    const ports = listeners.map(({ port }) => port);
    const control = await startControl(
      'SQL Server',
      controlRoutes,
      instance,
      options.controlPort ?? 0,
    ).catch(async (error: unknown) => {
      await closeListeners();
      throw error;
    });
    return {
      port: ports[0] ?? 0,
      ports,
      controlPort: control.port,
      database(name) {
        const database = instance.database(name);
        if (!database)
          throw new RangeError(`no database '${name}': there are ${names(options.databases)}`);
        const connection = direct.get(database.name) ?? database.open();
        direct.set(database.name, connection);
        return connection.sqlite;
      },
      calls: () => [...instance.callLog.calls],
      async close() {
        await control.close();
        await closeListeners();
        for (const connection of direct.values()) connection.close();
        instance.close();
      },
    };
  } catch (error) {
    instance.close();
    throw error;
  }
}

const names = (definitions: DatabaseDefinition[]) => definitions.map(({ name }) => name).join(', ');
