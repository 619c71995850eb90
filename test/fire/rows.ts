/** What the server has and what the aggregate base has, read past the app. */

import { propertiesAnswer } from '../../shared/flexibee/typed/properties.ts';
import { evidences as shipped } from './companies.ts';
import type { World } from './world.ts';

/** The server and the base, past the app. */
export type Sides = Pick<World, 'flexibee' | 'query' | 'fromServer'>;

/** A company in the catalogue and at the server. */
export interface Named {
  code: string;
  name: string;
  /** Those that are followed; by default all that the shipped catalogue follows. */
  evidences?: readonly string[];
}

export type Row = Record<string, unknown>;
/** Of one evidence, by number. */
export type Records = ReadonlyMap<string, Row>;

/** Every record of a company, all of one moment. */
export function sourceOf(
  { flexibee }: Sides,
  { name, evidences = shipped }: Named,
): Map<string, Records> {
  const company = flexibee.company(name);
  return new Map(
    evidences.map((evidence) => [
      evidence,
      new Map(company.dump(evidence).map((record) => [String(record['id']), record])),
    ]),
  );
}

export interface MirrorRow {
  generation: number;
  version: number;
  deleted: boolean;
  code: string | null;
  payload: Row | null;
}

/** The mirror's rows of a company, tombstones too, by evidence and number. */
export async function mirrorOf(
  { query }: Sides,
  { code, evidences = shipped }: Named,
): Promise<Map<string, Map<string, MirrorRow>>> {
  const rows = await query(
    `SELECT evidence, record_id, generation, version, deleted, code, payload
FROM crude.flexibee_record WHERE company = N'${code}'`,
  );
  const mirror = new Map<string, Map<string, MirrorRow>>(evidences.map((one) => [one, new Map()]));
  for (const row of rows) {
    const { evidence, record_id: id, generation, version, deleted, code: kod } = row;
    const payload = row['payload'] === null ? null : (JSON.parse(String(row['payload'])) as Row);
    mirror.get(String(evidence))?.set(String(id), {
      generation: Number(generation),
      version: Number(version),
      deleted: deleted === true,
      code: kod === null ? null : String(kod),
      payload,
    });
  }
  return mirror;
}

/** Rows of an evidence's typed table, deleted ones too, by number. */
export async function typedOf(
  { query }: Sides,
  { code }: Named,
  evidence: string,
): Promise<Map<string, Row>> {
  const table = evidence.replaceAll('-', '_');
  const rows = await query(`SELECT * FROM flexi.[${table}] WHERE company = N'${code}'`);
  return new Map(rows.map((row) => [String(row['id']), row]));
}

export async function propertiesOf({ fromServer }: Sides, { name }: Named, evidence: string) {
  const told = await fromServer(`/c/${name}/${evidence}/properties.json`);
  return propertiesAnswer.parse(told).properties;
}

export interface Change {
  version: number;
  evidence: string;
  id: string;
  operation: string;
  /** Prague time to the microsecond; absent on an old server. */
  at?: string;
}

/** Everything that the changelog lists. */
export function changelogOf({ flexibee }: Sides, { name }: Named): Change[] {
  const company = flexibee.company(name);
  const changes: Change[] = [];
  for (let start: number | undefined = 0; start !== undefined; ) {
    const page = company.changes({ start, limit: 1_000 });
    changes.push(
      ...page.changes.map(({ version, evidence, id, operation, timestamp }) => ({
        version,
        evidence,
        id: String(id),
        operation,
        ...(timestamp !== undefined && { at: toMicroseconds(timestamp) }),
      })),
    );
    start = page.next;
  }
  return changes;
}

/** The server leaves zeros at the end out. */
function toMicroseconds(at: string): string {
  const [seconds = '', fraction = ''] = at.split('.');
  return `${seconds}.${fraction.padEnd(6, '0')}`;
}

/** The journal's rows of one generation, by version. */
export async function journalOf(
  { query }: Sides,
  { code }: Named,
  generation: number,
): Promise<Map<number, Change[]>> {
  const rows = await query(
    `SELECT version, evidence, record_id, operation, CONVERT(varchar(26), changed_at, 121) AS at
FROM crude.flexibee_change WHERE company = N'${code}' AND generation = ${generation}`,
  );
  const changes = rows.map(({ version, evidence, record_id: id, operation, at }) => ({
    version: Number(version),
    evidence: String(evidence),
    id: String(id),
    operation: String(operation),
    ...(at !== null && { at: String(at) }),
  }));
  return Map.groupBy(changes, ({ version }) => version);
}
