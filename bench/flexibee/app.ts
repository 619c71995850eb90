/** The app on the benchmark's systems, with a catalogue of as many companies. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { type BenchHost, startHost } from '../host.ts';
import { account } from './following.ts';
import type { Systems } from './systems.ts';

export const hookSecret = 'a-secret-of-the-benchmark-for-its-hooks';

export interface BenchApp {
  /** One for each worker. */
  hosts: BenchHost[];
  close(): Promise<void>;
}

/** Companies `c1`, `c2`, … whose codes are their names at the server, with these evidences. */
function catalogOf(companies: number, evidences: readonly string[]): object {
  const company = (name: string) => ({
    code: name,
    description: `Company ${name}`,
    system: 'flexibee',
    company: { server: 'flexibee', connection: 'FLEXIBEE_DEMO', name },
  });
  const dataSources = [
    ...shipped.dataSources.filter(({ system }) => system !== 'flexibee'),
    ...Array.from({ length: companies }, (_, index) => company(`c${index + 1}`)),
  ];
  const entities = shipped.entities.filter(
    ({ name, systems }) => !systems.includes('flexibee') || evidences.includes(name),
  );
  return { ...shipped, dataSources, entities };
}

export interface AppOptions {
  companies: number;
  workers: number;
  evidences: readonly string[];
  /** Over those of the sample and of the systems. */
  settings?: Record<string, string>;
}

export async function startApp(systems: Systems, options: AppOptions): Promise<BenchApp> {
  const { companies, workers, evidences, settings } = options;
  const folder = await mkdtemp(join(tmpdir(), 'syncboard-bench-'));
  const catalog = join(folder, 'catalog.json');
  await writeFile(catalog, JSON.stringify(catalogOf(companies, evidences)));
  const environment = {
    CATALOG: catalog,
    FLEXIBEE_DEMO: `Url=${systems.flexibee.url};User Id=${account.user};Password=${account.password}`,
    FLEXIBEE_HOOK_SECRET: hookSecret,
    SQL_AB: systems.sqlServer,
    ...settings,
  };
  const hosts: BenchHost[] = [];
  const close = async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await rm(folder, { recursive: true });
  };
  try {
    for (let number = 0; number < workers; number += 1) {
      hosts.push(await startHost(systems.azurite.connectionString, environment));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { hosts, close };
}
