/** The settings that the catalogue names: where its databases, companies and connections are. */

import {
  type AbraGenAddress,
  abraGenAddressForm,
  parseAbraGenAddress,
} from '../abra-gen/address.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Locations } from '../catalog/located.ts';
import { connectionForm, parseAddress } from '../database/address.ts';
import { databaseLocation, httpLocation } from '../database/location.ts';
import {
  type FlexibeeAddress,
  flexibeeAddressForm,
  parseFlexibeeAddress,
} from '../flexibee/address.ts';
import type { Settings } from './settings.ts';
import { SettingsError, type SettingsFault, withReferences } from './settings-error.ts';

export interface Connections {
  /** Connection strings (secret) by the database's id. */
  databases: Record<string, string>;
  /** Addresses (secret) by the company's data source code. */
  companies: Record<string, FlexibeeAddress>;
  /** Addresses (secret) of ABRA Gen by the connection's id. */
  abraGen: Record<string, AbraGenAddress>;
}

/** Where everything is, without users and passwords. */
export function locationsOf(
  { databases, companies, abraGen }: Connections,
  catalog: Pick<Catalog, 'companies' | 'connections'>,
): Locations {
  const names = new Map([
    ...catalog.companies.map(({ code, name }) => [code, name] as const),
    ...catalog.connections.map(({ id, ...one }) => [id, 'name' in one ? one.name : ''] as const),
  ]);
  const at = (addresses: Record<string, { origin: string }>) =>
    Object.fromEntries(
      Object.entries(addresses).map(([id, { origin }]) => [
        id,
        httpLocation(origin, names.get(id) ?? ''),
      ]),
    );
  const entries = Object.entries(databases).map(([id, text]) => [id, databaseLocation(text)]);
  return {
    databases: Object.fromEntries(entries),
    companies: at(companies),
    connections: at(abraGen),
  };
}

/** Throws `SettingsError` with every setting that is missing or is no connection string. */
export function requireConnections(
  settings: Pick<Settings, 'connection' | 'near'>,
  catalog: Pick<Catalog, 'databases' | 'companies' | 'connections'>,
): Connections {
  const faults = new Map<string, SettingsFault>();
  const named = [...catalog.databases, ...catalog.companies, ...catalog.connections].flatMap(
    (one) => ('connection' in one ? [one.connection] : []),
  );
  const required = <T>(
    setting: string,
    whose: string,
    form: string,
    parse: (text: string) => T,
  ) => {
    const value = settings.connection(setting);
    try {
      if (value !== undefined) return [parse(value)];
      const near = settings.near(setting, named);
      throw new RangeError(
        `is not set${near ? ` (did you mean it by ${near}, which is?)` : ''}: the catalogue's ${whose} needs it, in the form ${form}`,
      );
    } catch (error) {
      // Several companies or connections may share a setting: it is told once.
      if (!faults.has(setting)) faults.set(setting, { setting, fault: (error as Error).message });
      return [];
    }
  };
  const databases = catalog.databases.flatMap(({ id, connection }) =>
    required(connection, `database ${id}`, connectionForm, (text) => {
      parseAddress(text);
      return [id, text] as const;
    }),
  );
  const companies = catalog.companies.flatMap(({ code, connection }) =>
    required(connection, `company ${code}`, flexibeeAddressForm, (text) => {
      return [code, parseFlexibeeAddress(text)] as const;
    }),
  );
  const abraGen = catalog.connections.flatMap((connection) =>
    connection.kind === 'abra-gen'
      ? required(
          connection.connection,
          `connection ${connection.id}`,
          abraGenAddressForm,
          (text) => {
            return [connection.id, parseAbraGenAddress(text)] as const;
          },
        )
      : [],
  );
  if (faults.size > 0) {
    throw new SettingsError(withReferences([...faults.values()], settings.connection));
  }
  return {
    databases: Object.fromEntries(databases),
    companies: Object.fromEntries(companies),
    abraGen: Object.fromEntries(abraGen),
  };
}
