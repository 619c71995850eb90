/** Every line of the app's health, in two parts: what the overview knows by itself, and the rest. */

import type { Acknowledgements } from '../../acknowledgements/acknowledgements.ts';
import type { Closures } from '../../closures/closures.ts';
import type { Databases } from '../../database/databases.ts';
import type { OpenContainer } from '../../storage/place.ts';
import type { Queues } from '../../storage/queues.ts';
import type { Companies } from '../companies.ts';
import type { Content } from '../configuration.ts';
import type { DynsqlConnections } from '../connections/dynsql-connections.ts';
import type { Notifications } from '../notifications.ts';
import type { Troubles } from '../troubles.ts';
import { checkDatabase, checkPart } from './check-part.ts';
import { closuresHealth } from './closures-health.ts';
import { companiesHealth } from './companies-health.ts';
import { connectionsHealth } from './connections-health.ts';
import { brokenHealth, catalogHealth } from './documents-health.ts';
import { exclusivesHealth } from './exclusives-health.ts';
import { locksHealth } from './locks-health.ts';
import type { HealthPart } from './part.ts';
import type { ProceduresHealth } from './procedures-health.ts';
import { queriesHealth } from './queries-health.ts';
import { queuesHealth } from './queues-health.ts';
import { serversHealth } from './servers-health.ts';
import { agesHealth, syncsHealth } from './syncs-health.ts';
import { targetsHealth } from './targets-health.ts';
import { withVersioning } from './versioning-health.ts';

export interface HealthDependencies {
  content: Content;
  /** What of the catalogues is wrong and put up with. */
  notices: readonly string[];
  container: OpenContainer;
  databases: Databases;
  companies: Companies;
  dynsql: DynsqlConnections;
  closures: Pick<Closures, 'current'>;
  troubles: Pick<Troubles, 'ofSyncs' | 'ofAges'>;
  acknowledgements: Pick<Acknowledgements, 'current'>;
  procedures: ProceduresHealth;
  events: Pick<Notifications, 'targets'>;
  queues(): Promise<Queues>;
  now(): Date;
}

/** What the overview has facts of its own of, or could not be told without. Never rejects. */
export async function lookAtData(
  dependencies: HealthDependencies,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const { container, content, troubles, acknowledgements } = dependencies;
  const parts = await Promise.all([
    checkPart(
      'storage',
      async (bounded) => (await container(bounded)).getProperties({ abortSignal: bounded }),
      signal,
    ),
    exclusivesHealth(content.catalog.exclusives, container, signal),
    closuresHealth(dependencies.closures, signal),
    queuesHealth(dependencies.queues, signal),
    companiesHealth(dependencies.companies, acknowledgements, signal),
    syncsHealth(troubles, acknowledgements, signal),
    agesHealth(troubles, acknowledgements, signal),
  ]);
  return parts.flat();
}

/** The rest: what the overview is told by these parts. Never rejects. */
export async function lookAtSystem(
  dependencies: HealthDependencies,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const { content, container, databases, now } = dependencies;
  const { catalog } = content;
  const checked = new Map(
    catalog.databases.map(({ id }) => [
      id,
      checkDatabase(databases, id, signal).then((part) =>
        withVersioning(part, id, { catalog, databases }, signal),
      ),
    ]),
  );
  const answers = async (id: string) => (await checked.get(id))?.state === 'ok';
  const servers = serversHealth({ catalog, databases, now, answers }, signal);
  const parts = await Promise.all([
    brokenHealth(container, signal),
    locksHealth(container, signal),
    catalogHealth(content, dependencies.notices),
    ...checked.values(),
    servers,
    // One after the other: on the connection that has answered.
    servers.then(() => dependencies.procedures.look({ catalog, databases, answers }, signal)),
    connectionsHealth(dependencies.dynsql, signal),
    queriesHealth(dependencies.dynsql),
    targetsHealth(dependencies.events, signal),
  ]);
  return parts.flat();
}
