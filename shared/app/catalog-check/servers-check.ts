/** FlexiBee companies and connections of ABRA Gen: whether they answer, and have what is asked of them. */

import { AbraGenClient } from '../../abra-gen/client.ts';
import { AbraGenServers } from '../../abra-gen/servers.ts';
import { sideBySide } from '../../async/side-by-side.ts';
import type { Catalog, FollowedCompany } from '../../catalog/index.ts';
import { httpHost } from '../../database/location.ts';
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
  limits = once,
): Promise<Fault[]> {
  const servers = new FlexibeeServers(limits);
  try {
    const all = await sideBySide(
      catalog.companies,
      mostAtOnce,
      async (company, own) => {
        const address = addresses[company.code];
        if (address === undefined) return [];
        const { code, name, requestsAtOnce, connection } = company;
        const client = openCompany({ code, name, address, requestsAtOnce }, servers);
        const asked = { address: httpHost(address.origin), setting: connection };
        return await faultsOfCompany(client, company, asked, catalog, entries, own);
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
  asked: Asked,
  catalog: Known,
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
  const place = { ...asked, path: `${entries.pathOf('dataSources', code)}.company` };
  const whole = await answerOf(place, () => client.newestVersion(signal), signal);
  if ('fault' in whole) return [whole.fault];
  const evidences = Object.keys(catalog.names(code) ?? {});
  const faults = await sideBySide(
    evidences,
    mostAtOnce,
    async (evidence, own) => {
      const of = { ...asked, path: entries.pathOf('entities', evidence), isWithin: true };
      const list = () => client.list(evidence, { limit: 1, detail: 'id' }, own);
      const answer = await answerOf(of, list, own);
      return 'fault' in answer ? [answer.fault] : [];
    },
    signal,
  );
  return faults.flat();
}

/** Of connections that have an address. */
export async function connectionFaults(
  catalog: Known,
  addresses: Connections['abraGen'],
  entries: Entries,
  signal: AbortSignal,
  limits = once,
): Promise<Fault[]> {
  const servers = new AbraGenServers(limits);
  try {
    const faults: Fault[] = [];
    for (const connection of catalog.connections) {
      const address = addresses[connection.id];
      if (connection.kind !== 'abra-gen' || address === undefined) continue;
      const { id, name } = connection;
      const client = new AbraGenClient({ id, name, address }, servers);
      const asked = { address: httpHost(address.origin), setting: connection.connection };
      const place = { ...asked, path: entries.pathOf('connections', id) };
      const whole = await answerOf(place, () => client.list(signal), signal);
      faults.push(
        ...('fault' in whole
          ? [whole.fault]
          : await queryFaults({ client, id, known: whole.got, asked }, catalog, entries, signal)),
      );
    }
    return faults;
  } finally {
    servers.close();
  }
}

interface AnsweringConnection {
  client: AbraGenClient;
  id: string;
  /** What it lists. */
  known: Awaited<ReturnType<AbraGenClient['list']>>;
  asked: Asked;
}

/** Of the entities that ask a connection: whether there is such a definition, and the query fits it. */
async function queryFaults(
  { client, id, known, asked }: AnsweringConnection,
  catalog: Known,
  entries: Entries,
  signal: AbortSignal,
): Promise<Fault[]> {
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
      const place = { ...asked, path: `${at}.definition`, isWithin: true };
      const told = await answerOf(place, () => client.definition(query.definition, signal), signal);
      if ('fault' in told) {
        faults.set(name, [told.fault]);
        continue;
      }
      const { definition } = told.got;
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

/** Who was asked. */
interface Asked {
  /** `host:port` */
  address: string;
  /** That has the address, user and password. */
  setting: string;
}

interface AskedPlace extends Asked {
  /** In the catalogue, of the entry that is asked for. */
  path: string;
  /** The server has answered before: it is about that entry alone. */
  isWithin?: boolean;
}

/** The member of the entry that a trouble comes from. */
const members: Readonly<Record<string, string>> = {
  'unknown company': '.name',
  'not found': '.name',
  unreachable: '.connection',
  'wrong password': '.connection',
  'answer not understood': '.connection',
};

/**
 * What a server answers, or why not: with where it was asked and by which setting, since no message
 * of a connection says so.
 *
 * @throws whatever else goes wrong
 */
async function answerOf<T>(
  { address, setting, path, isWithin = false }: AskedPlace,
  ask: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ got: T } | { fault: Fault }> {
  try {
    return { got: await ask() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ServerError)) throw error;
    const fault: Fault = {
      severity: 'fault',
      path: isWithin ? path : `${path}${members[error.kind] ?? ''}`,
      text: `${error.message}, asked at ${address}, as ${setting} says`,
      cure: error.cure,
    };
    return { fault: error.kind === 'unreachable' ? { ...fault, isUnanswered: true } : fault };
  }
}
