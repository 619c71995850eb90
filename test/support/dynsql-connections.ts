/** The shipped catalogue's connections for real: an aggregate base with countries, and ABRA Gen. */

import { type AbraGen, startAbraGen } from 'abra-gen-server';
import { startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { countryTables } from '../../demo/billing/countries.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { installProduct } from '../../demo/billing/product.ts';
import { aggregateSchema } from '../../demo/billing/tables.ts';
import type { AbraGenAddress } from '../../shared/abra-gen/address.ts';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { type Catalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { insert } from '../dynsql/rows.ts';
import { soon } from './storage.ts';

export interface TestConnections {
  /** Of the database `ab`. */
  connectionString: string;
  /** With the one database `ab`. */
  databases: Databases;
  abraGen: AbraGen;
  connections: DynsqlConnections;
  /** Others at the same servers. */
  open(
    address?: Partial<AbraGenAddress>,
    catalog?: Catalog,
    databases?: Databases,
  ): DynsqlConnections;
  close(): Promise<void>;
}

export async function startConnections(): Promise<TestConnections> {
  const [server, abraGen] = await Promise.all([
    startSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: [{ name: 'AB', server: 'ab', schema: aggregateSchema(), procedures: [] }],
    }),
    startAbraGen({ invoices: 600 }),
  ]);
  const connectionString = withDatabase(standInAt(server.port), 'AB');
  await installProduct(standInAt(server.port), soon());
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const session = await databases.session('ab', soon());
  for (const { name, rows } of countryTables) await session.batch(insert(name, rows), soon());
  session.destroy();
  const login = { user: 'Supervisor', password: 'supervisor', trustServerCertificate: false };
  const opened: DynsqlConnections[] = [];
  const open: TestConnections['open'] = (
    address = {},
    catalog = shippedCatalog(),
    asked = databases,
  ) => {
    const connections = new DynsqlConnections({
      catalog,
      dynsql: shippedDynsql(),
      addresses: { demodata: { origin: abraGen.url, ...login, ...address } },
      databases: asked,
      stopping: new AbortController().signal,
      now: () => new Date('2026-11-22T12:00:00Z'),
    });
    opened.push(connections);
    return connections;
  };
  return {
    connectionString,
    databases,
    abraGen,
    connections: open(),
    open,
    async close() {
      for (const connections of opened) connections.close();
      await abraGen.close();
      await databases.close();
      await server.close();
    },
  };
}
