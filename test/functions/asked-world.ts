/**
 * The followed companies of one process or several: real storage, a real base, a FlexiBee server
 * behind a proxy that writes down what it is asked; and a clock that a test turns on.
 */

import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { installProduct } from '../../demo/billing/product.ts';
import { Companies } from '../../shared/app/companies.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import type { MessageOutcome } from '../../shared/app/company-polls.ts';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import type { WebHook } from '../../shared/flexibee/hook-versions.ts';
import { edit, type Json, shippedJson, stepsOf, valueAt } from '../catalog/edited.ts';
import { nothingClosed } from '../support/nothing-closed.ts';
import { type Reply, type ScriptedHttp, startScriptedHttp } from '../support/scripted-http.ts';
import { startStorage, type TestStorage } from '../support/storage.ts';

export const code = 'flexi-demo';

const minuteMs = 60_000;

/** Minutes on a machine that has other things to do. */
const patient = () => AbortSignal.timeout(240_000);

export interface Systems {
  storage: TestStorage;
  flexibee: Flexibee;
  sqlServer: SqlServer;
  databases: Databases;
  /** In front of FlexiBee. */
  front: ScriptedHttp;
  close(): Promise<void>;
}

export async function startSystems(): Promise<Systems> {
  const [storage, flexibee, sqlServer] = await Promise.all([
    startStorage(),
    startFlexibee({ companies: ['demo', 'other'] }),
    startSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: [{ name: 'AB', server: 'ab', schema: '' }],
    }),
  ]);
  await installProduct(standInAt(sqlServer.port), patient());
  const connectionString = withDatabase(standInAt(sqlServer.port), 'AB');
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const front = await startScriptedHttp(passOn(flexibee.url));
  return {
    ...{ storage, flexibee, sqlServer, databases, front },
    async close() {
      await Promise.all([front.close(), databases.close()]);
      await Promise.all([storage.close(), flexibee.close(), sqlServer.close()]);
    },
  };
}

/** To a server, with the answer as it comes. */
export function passOn(server: string): Reply {
  return async (response, { method, url, headers, body }) => {
    const { authorization = '', 'content-type': type = '' } = headers;
    const answer = await fetch(`${server}${url}`, {
      method,
      headers: { authorization, ...(type && { 'content-type': type }) },
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'text/plain',
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
}

/** Members of the company in the catalogue. */
type Fields = Record<string, Json>;

function withFields(json: Json, fields: Fields): Json {
  for (const [name, value] of Object.entries(fields)) {
    edit(json, stepsOf(`dataSources[16].company.${name}`), value);
  }
  return json;
}

/** Follows no other evidences. */
function following(json: Json, evidences: readonly string[]): Json {
  const entities = valueAt(json, ['entities']);
  const isFollowed = (entity: Json) =>
    !JSON.stringify(valueAt(entity, ['systems'])).includes('flexibee') ||
    evidences.includes(String(valueAt(entity, ['name'])));
  if (Array.isArray(entities)) edit(json, ['entities'], entities.filter(isFollowed));
  return json;
}

/**
 * @param fields of the company in the catalogue, and of another one on the same server
 * @param changed `evidences`: the only ones that are followed; `afterwards`: a stage that is called
 *   after its changes
 */
export async function askedWorld(
  { storage, flexibee, databases, front }: Systems,
  fields: Fields = {},
  other?: Fields,
  changed: { evidences?: readonly string[]; afterwards?: Json } = {},
) {
  const json = withFields(shippedJson(), fields);
  const { evidences, afterwards } = changed;
  if (afterwards !== undefined) edit(json, stepsOf('pipelines[3].stages[1]'), afterwards);
  if (evidences !== undefined) following(json, evidences);
  if (other !== undefined) {
    const company = { server: 'flexibee', connection: 'FLEXIBEE_OTHER', name: 'other', ...other };
    const source = { code: 'flexi-other', description: 'Other', system: 'flexibee', company };
    edit(json, ['dataSources', 18], source);
  }
  const catalog = parseCatalog(json);
  const container = await storage.container();
  const address = {
    ...{ origin: front.origin, user: 'winstrom', password: 'winstrom' },
    trustServerCertificate: false,
  };
  const addresses = Object.fromEntries(catalog.companies.map((one) => [one.code, address]));
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const queue: CompanyMessage[] = [];
  /** @param newer fields of the company, in a newer catalogue */
  const newProcess = (newer?: Fields) =>
    new Companies({
      ...{ databases, addresses, now },
      catalog: newer ? parseCatalog(withFields(structuredClone(json), newer)) : catalog,
      procedure: procedureRunner(databases),
      container: async () => container,
      send: async (_queue, message) => void queue.push(message as CompanyMessage),
      ...{ leaseSeconds: 15, sliceMs: 600_000, waitForLockMs: 0, closed: nothingClosed },
    });
  const companies = newProcess();
  const poll = (why: CompanyMessage['why'], by = companies): Promise<MessageOutcome> => {
    const at = now().toISOString();
    return by.poll({ company: code, why, at, queuedAt: at }, () => {}, patient());
  };
  front.requests.length = 0;
  return {
    ...{ companies, newProcess, poll, now, addresses, container },
    turnOn: (ms: number) => {
      aheadMs += ms;
    },
    /** What a timer brings in as many minutes, one after another. */
    async minutes(count: number): Promise<MessageOutcome[]> {
      const outcomes: MessageOutcome[] = [];
      for (let minute = 0; minute < count; minute += 1) {
        aheadMs += minuteMs;
        outcomes.push(await poll('timer'));
      }
      return outcomes;
    },
    /** A delivery, and the poll that it has queued. */
    async hook(hook?: WebHook): Promise<MessageOutcome[]> {
      await companies.hooked(code, hook, patient());
      const outcomes: MessageOutcome[] = [];
      for (const { why } of queue.splice(0)) outcomes.push(await poll(why));
      return outcomes;
    },
    /** What was queued since the last time. */
    takeQueued: (): CompanyMessage[] => queue.splice(0),
    /** As the message of a night, or of somebody who asks. */
    reconcile: (wish: string, by = companies): Promise<MessageOutcome> => {
      const at = now().toISOString();
      return by.poll({ company: code, why: 'reconcile', at, wish }, () => {}, patient());
    },
    write(kod: string): void {
      flexibee.company('demo').write('adresar', { adresar: { kod, nazev: kod } });
    },
    /** How often the changelog was asked for since the last time. */
    takeAsked(): number {
      const asked = front.requests.filter(({ url }) => url.includes('/changes.json')).length;
      front.requests.length = 0;
      return asked;
    },
    async state() {
      return await companies.state(code, patient());
    },
    async rows(evidence: string): Promise<number> {
      const text = `SELECT COUNT(*) AS n FROM crude.flexibee_record WHERE company = '${code}'
        AND evidence = '${evidence}' AND deleted = 0`;
      const [row] = await databases.query('ab', text, [], patient());
      return Number(row?.['n']);
    },
  };
}
