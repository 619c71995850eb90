/** A company of the benchmark, followed as the app does, and what its mirror has come to. */

import { createHash } from 'node:crypto';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import { type FlexibeeCompany, openCompany } from '../../shared/flexibee/client.ts';
import { cursorStore, type FollowContext } from '../../shared/flexibee/follow.ts';
import type { CountedSource } from '../../shared/flexibee/reconcile/reconcile.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import { openContainer } from '../../shared/storage/container.ts';
import type { Digest } from './systems.ts';

/** Where the systems are; travels to other processes as JSON. */
export interface Place {
  flexibeeUrl: string;
  sqlServer: string;
  storage: string;
  /** Company at the server, and its code here. */
  company: string;
  leaseSeconds: number;
}

export interface Following {
  context: FollowContext;
  source: FlexibeeCompany;
  /** For whoever counts requests apart. */
  counted: CountedSource;
  databases: Databases;
  close(): Promise<void>;
}

export const evidences = shippedCatalog().entityOrder('flexi-demo');

const never = new AbortController().signal;

export const account = { user: 'winstrom', password: 'winstrom' };

export async function follow(place: Place): Promise<Following> {
  const { company: code, flexibeeUrl, sqlServer, storage } = place;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString: sqlServer }]);
  const servers = new FlexibeeServers();
  const address = { origin: flexibeeUrl, ...account, trustServerCertificate: false };
  const container = await openContainer(
    { kind: 'connection string', connectionString: storage },
    never,
  );
  const source = openCompany({ code, name: code, address }, servers);
  let sent = 0;
  const onRequest = () => {
    sent += 1;
  };
  const counted = {
    source: openCompany({ code, name: code, address, onRequest }, servers),
    take() {
      const taken = sent;
      sent = 0;
      return taken;
    },
  };
  return {
    ...{ databases, source, counted },
    context: {
      company: { code, evidences, onRegression: 'stop', lateMs: 60 * 60_000 },
      source,
      mirror: sqlMirror(databases, () => ({ database: 'ab', procedure: pageProcedure })),
      returned: new Map(),
      cursors: cursorStore(container, place.leaseSeconds),
      now: () => new Date(),
      changelogIsOn: async () => true,
      sliceMs: 3_600_000,
      log: (text) => console.log(text),
      after: async () => {},
    },
    async close() {
      servers.close();
      await databases.close();
    },
  };
}

/** As the server's digest, made of the rows that are not deleted and of the journal. */
export async function mirrorDigest(
  databases: Databases,
  company: string,
): Promise<{ records: Record<string, Digest>; changes: Digest }> {
  const records: Record<string, Digest> = {};
  const parameters = [{ name: 'company', type: 'nvarchar(64)', value: company } as const];
  for (const evidence of evidences) {
    const hash = createHash('sha256');
    const rows = await databases.query(
      'ab',
      `SELECT record_id, payload FROM crude.flexibee_record
       WHERE company = @company AND evidence = N'${evidence}' AND deleted = 0 ORDER BY record_id`,
      parameters,
      never,
    );
    for (const { record_id, payload } of rows) hash.update(`${record_id} ${payload}\n`);
    records[evidence] = { count: rows.length, sha256: hash.digest('hex') };
  }
  const hash = createHash('sha256');
  const pageSize = 100_000;
  let count = 0;
  for (let after = 0, more = true; more; ) {
    const rows = await databases.query(
      'ab',
      `SELECT TOP (${pageSize}) version, evidence, record_id, operation FROM crude.flexibee_change
       WHERE company = @company AND version > ${after} ORDER BY generation, version`,
      parameters,
      never,
    );
    for (const { version, evidence, record_id, operation } of rows) {
      hash.update(`${version} ${evidence} ${record_id} ${operation}\n`);
    }
    count += rows.length;
    after = Number(rows.at(-1)?.['version'] ?? 0);
    more = rows.length === pageSize;
  }
  return { records, changes: { count, sha256: hash.digest('hex') } };
}

/** What differs, in words; empty where the mirror is the source. */
export function differences(
  source: { records: Record<string, Digest>; changes: Digest },
  mirror: { records: Record<string, Digest>; changes: Digest },
): string[] {
  const faults = evidences
    .filter((evidence) => source.records[evidence]?.sha256 !== mirror.records[evidence]?.sha256)
    .map(
      (evidence) =>
        `${evidence}: ${mirror.records[evidence]?.count} rows, ${source.records[evidence]?.count} at the source`,
    );
  if (source.changes.sha256 === mirror.changes.sha256) return faults;
  return [...faults, `journal: ${mirror.changes.count} of ${source.changes.count} changes`];
}
