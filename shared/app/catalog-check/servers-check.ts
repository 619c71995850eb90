/** FlexiBee companies and connections of ABRA Gen: whether they answer, and have what is asked of them. */

import { AbraGenClient } from '../../abra-gen/client.ts';
import { AbraGenServers } from '../../abra-gen/servers.ts';
import { sideBySide } from '../../async/side-by-side.ts';
import type { Catalog, FollowedCompany } from '../../catalog/index.ts';
import { checkQuery } from '../../dynsql/language/query.ts';
import { queryBody } from '../../dynsql/rows/row-query.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { type FlexibeeCompany, openCompany } from '../../flexibee/client.ts';
import { FlexibeeServers } from '../../flexibee/servers.ts';
import { ServerError } from '../../outbound/failure.ts';
import type { Connections } from '../../settings/settings.ts';
import type { Entries } from './entries.ts';
import type { Fault } from './fault.ts';

type Known = Pick<Catalog, 'companies' | 'connections' | 'names' | 'codes' | 'rowQuery'>;

/** One try: whoever waits for the answer can try again. */
const once = { retry: { attempts: 1, baseMs: 0, capMs: 0 }, deadlineMs: 20_000 };

/** A server answers people, too. */
const mostAtOnce = 4;

const anyMonth = { month: 1, year: 2020 };

/** Of companies that have an address: of the others that is told already. */
export async function companyFaults(
  catalog: Known,
  addresses: Connections['companies'],
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
  const servers = new FlexibeeServers(once);
  try {
    const all = await sideBySide(
      catalog.companies,
      mostAtOnce,
      async (company, own) => {
        const address = addresses[company.code];
        if (address === undefined) return [];
        const { code, name, requestsAtOnce } = company;
        const client = openCompany({ code, name, address, requestsAtOnce }, servers);
        return await faultsOfCompany(client, company, catalog, entries, own);
      },
      signal,
    );
    return all.flat();
  } finally {
    servers.close();
  }
}

async function faultsOfCompany(
  client: FlexibeeCompany,
  { code }: FollowedCompany,
  catalog: Known,
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
  const at = `${entries.pathOf('dataSources', code)}.company`;
  const whole = await faultOf(at, () => client.newestVersion(signal), signal);
  if (whole !== undefined) return [whole];
  const evidences = Object.keys(catalog.names(code) ?? {});
  const faults = await sideBySide(
    evidences,
    mostAtOnce,
    (evidence, own) =>
      faultOf(
        entries.pathOf('entities', evidence),
        () => client.list(evidence, { limit: 1, detail: 'id' }, own),
        own,
      ),
    signal,
  );
  return faults.filter((fault) => fault !== undefined);
}

/** Of connections that have an address. */
export async function connectionFaults(
  catalog: Known,
  addresses: Connections['abraGen'],
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
  const servers = new AbraGenServers(once);
  try {
    const faults: Fault[] = [];
    for (const connection of catalog.connections) {
      const address = addresses[connection.id];
      if (connection.kind !== 'abra-gen' || address === undefined) continue;
      const { id, name } = connection;
      const client = new AbraGenClient({ id, name, address }, servers);
      const whole = await faultOf(
        entries.pathOf('connections', id),
        () => client.list(signal),
        signal,
      );
      faults.push(...(whole ? [whole] : await queryFaults(client, id, catalog, entries, signal)));
    }
    return faults;
  } finally {
    servers.close();
  }
}

/** Of the entities that ask a connection: whether there is such a definition, and the query fits it. */
async function queryFaults(
  client: AbraGenClient,
  id: string,
  catalog: Known,
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
  const known = await client.list(signal);
  const faults = new Map<string, Fault[]>();
  for (const code of Object.keys(catalog.codes())) {
    for (const name of Object.keys(catalog.names(code) ?? {})) {
      const query = catalog.rowQuery({ name, code });
      if (query?.connection !== id || faults.has(name)) continue;
      const at = `${entries.pathOf('entities', name)}.dynsql`;
      const ids = known.map((one) => one.id);
      if (!ids.some((one) => one.toUpperCase() === query.definition.toUpperCase())) {
        const text = `"${query.definition}" is no dynamic SQL of ${id}${didYouMean(query.definition, ids)}`;
        const cure = `use the id of one of its ${ids.length}: GET /${id}/dynsql lists them`;
        faults.set(name, [{ severity: 'fault', path: `${at}.definition`, text, cure }]);
        continue;
      }
      const { definition } = await client.definition(query.definition, signal);
      const body = queryBody(query, anyMonth);
      const checked = checkQuery(definition, body, { templates: 'elsewhere' });
      const wrong = 'errors' in checked ? checked.errors : [];
      faults.set(
        name,
        wrong.map(({ field, message, allowed }) => ({
          severity: 'fault',
          path: `${at}.${field}`,
          text: message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message,
          cure: `use ${allowed}`,
        })),
      );
    }
  }
  return [...faults.values()].flat();
}

/** What a server did not answer, or refused. @throws whatever else goes wrong */
async function faultOf(
  path: string,
  ask: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<Fault | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ServerError)) throw error;
    const fault = { severity: 'fault' as const, path, text: error.message, cure: error.cure };
    return error.kind === 'unreachable' ? { ...fault, isUnanswered: true } : fault;
  }
}
