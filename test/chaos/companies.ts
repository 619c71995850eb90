/**
 * FlexiBee companies that are followed while syncs run: somebody changes and deletes records, and
 * their cursors are damaged. In the end each mirror is what its company is, record by record.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { scaled } from 'stand-in-kit/testing/patience';
import { type Cursor, cursorForm } from '../../shared/flexibee/cursor.ts';
import { between, pick, type Random } from '../support/random.ts';
import type { World } from './world.ts';

/** Code in the catalogue to name at the server. */
export const companies = { 'flexi-demo': 'demo', 'flexi-second': 'second' } as const;
export type CompanyCode = keyof typeof companies;
export const companyCodes = Object.keys(companies) as CompanyCode[];

/** Entities of the catalogue: records that nothing else hangs on. */
export const evidences = ['adresar', 'cenik'] as const;

const login = { user: 'winstrom', password: 'winstrom' };

/** The setting of both. */
export function addressOf({ url }: Flexibee): string {
  return `Url=${url};User Id=${login.user};Password=${login.password}`;
}

export function startCompanies(): Promise<Flexibee> {
  return startFlexibee({
    companies: Object.values(companies),
    accounts: { [login.user]: login.password },
  });
}

/** Records whose names end with these numbers are written, or are gone. */
export interface RecordChange {
  company: CompanyCode;
  evidence: (typeof evidences)[number];
  how: 'write' | 'delete';
  records: number[];
  afterMs: number;
}

/** So many different records are changed and deleted, again and again. */
const records = 12;

export function planRecordChanges(random: Random): RecordChange[] {
  return Array.from({ length: between(random, 4, 12) }, () => ({
    company: pick(random, companyCodes),
    evidence: pick(random, evidences),
    how: random() < 0.6 ? ('write' as const) : ('delete' as const),
    records: Array.from({ length: between(random, 1, 4) }, () => between(random, 1, records)),
    afterMs: between(random, 0, 2_500),
  }));
}

/** @returns how many records were written or deleted: a record that is not there cannot be */
export function changeRecords(
  { flexibee }: Pick<World, 'flexibee'>,
  { company, evidence, how, records: numbers }: RecordChange,
): number {
  const source = flexibee.company(companies[company]);
  const kods = [...new Set(numbers)].map((number) => `CHAOS${number}`);
  if (how === 'write') {
    const nazev = `at ${performance.now()}`;
    source.write(evidence, { [evidence]: kods.map((kod) => ({ kod, nazev })) });
    return kods.length;
  }
  const there = kods.filter((kod) => source.resolve(evidence, `code:${kod}`) !== undefined);
  for (const kod of there) source.delete(evidence, `code:${kod}`);
  return there.length;
}

/** A damaged cursor is a full load, behind a lease that may have to run out first. */
const patienceLives = 3;

/** The timer's message comes each minute; here more often. */
const askMs = 1_500;

/**
 * Until every mirror is what its company is, and every cursor is through with all it has to do.
 *
 * @returns what stays different three leases after the call, in words
 */
export async function followed(world: World, signal: AbortSignal): Promise<string[]> {
  const limitMs = scaled(patienceLives * world.state.leases.lifeMs);
  const since = performance.now();
  for (;;) {
    const faults = (await Promise.all(companyCodes.map((code) => differences(world, code)))).flat();
    if (faults.length === 0) return [];
    signal.throwIfAborted();
    if (performance.now() - since > limitMs) return faults;
    for (const code of companyCodes) await world.poll(code);
    await sleep(askMs, undefined, { signal });
  }
}

/** @returns what is not as it should be at this moment, in words */
export async function differences(
  world: Pick<World, 'flexibee' | 'mirror' | 'container'>,
  code: CompanyCode,
): Promise<string[]> {
  const faults: string[] = [];
  for (const evidence of evidences) {
    const [source, mirror] = await Promise.all([
      recordsOf(world.flexibee, companies[code], evidence),
      world.mirror(code, evidence),
    ]);
    for (const id of new Set([...source.keys(), ...mirror.keys()])) {
      if (isDeepStrictEqual(source.get(id), mirror.get(id))) continue;
      const [here, there] = [source, mirror].map((of) => (of.has(id) ? 'is' : 'is not'));
      const what = here === there ? 'is another one' : `${there} in the mirror, and ${here} there`;
      faults.push(`${code} ${evidence} ${id} ${what}`);
    }
  }
  const stuck = unfinished(await cursorOf(world, code));
  return stuck === undefined ? faults : [...faults, `the cursor of ${code} ${stuck}`];
}

/** Every record of an evidence by its number, as the server gives it to anybody. */
export async function recordsOf({ url }: Flexibee, company: string, evidence: string) {
  const query = 'limit=0&detail=full&filtrovat-platnost=false&no-ext-ids=false';
  const headers = { authorization: `Basic ${btoa(`${login.user}:${login.password}`)}` };
  const response = await fetch(`${url}/c/${company}/${evidence}.json?${query}`, { headers });
  const { winstrom } = (await response.json()) as { winstrom: Record<string, { id: string }[]> };
  return new Map((winstrom[evidence] ?? []).map((record) => [String(record.id), record]));
}

async function cursorOf(
  { container }: Pick<World, 'container'>,
  code: string,
): Promise<Cursor | undefined> {
  const blob = container.getBlobClient(`flexibee/${code}.json`);
  try {
    const { version: _, ...cursor } = JSON.parse(String(await blob.downloadToBuffer()));
    return cursorForm.schema.safeParse(cursor).data;
  } catch {
    return undefined;
  }
}

function unfinished(cursor: Cursor | undefined): string | undefined {
  if (cursor === undefined) return 'is none';
  if (cursor.trouble !== undefined) return `is in trouble: ${cursor.trouble.message}`;
  if (cursor.next === undefined) return 'has not begun';
  if (cursor.loads.length > 0) return `has yet to load ${cursor.loads[0]?.evidence}`;
  return Object.keys(cursor.stale).length > 0 ? 'has records that wait' : undefined;
}
