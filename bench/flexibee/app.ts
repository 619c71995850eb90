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

/** Companies `c1`, `c2`, … whose codes are their names at the server. */
function catalogOf(companies: number): object {
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
  return { ...shipped, dataSources };
}

/** @param settings over those of the sample and of the systems */
export async function startApp(
  systems: Systems,
  companies: number,
  workers: number,
  settings: Record<string, string> = {},
): Promise<BenchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'syncboard-bench-'));
  const catalog = join(folder, 'catalog.json');
  await writeFile(catalog, JSON.stringify(catalogOf(companies)));
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
