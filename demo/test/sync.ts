/** Which procedures a sync calls, spelt out from the facts and not from the demo's own code. */

import type { CallRecord, DemoServer, Parameters } from './demo-server.ts';

export const hcsCodes = [
  '0c01',
  '0c05',
  '0c06',
  '0c08',
  '0c10',
  '0c20',
  '0c21',
  '0c23',
  '0t10',
  '1c10',
  '2c10',
];
export const stekDatabases: Readonly<Record<string, string>> = {
  stek: 'STEK',
  region: 'STEK_REGION',
  mo: 'STEK_MO',
  zagser: 'STEK_ZAGSER',
};
export const allCodes = [...hcsCodes, ...Object.keys(stekDatabases)];

/** name, dated, exported for all areas of HCS at once, in STEK too; in sync order. */
const table = [
  ['bank_code', false, true, false],
  ['benefit_provider', false, true, false],
  ['building_structure', false, false, false],
  ['city', false, true, false],
  ['equipment', false, true, true],
  ['meter', false, false, true],
  ['meter_place', false, false, false],
  ['premises', false, true, true],
  ['personal_account', false, false, true],
  ['personal_account_meter', false, false, true],
  ['personal_account_parameter', false, false, true],
  ['room', false, true, false],
  ['meter_reading', true, false, true],
  ['payment', true, false, true],
  ['charge_correction_detail', true, false, false],
  ['charge_detail', true, false, true],
  ['personal_saldo', true, false, true],
  ['recalculation', true, false, true],
  ['running_balance', true, false, false],
  ['turnover_balance_sheet', true, false, true],
] as const;

export type Name = (typeof table)[number][0];

export interface EntityFacts {
  name: Name;
  dated: boolean;
  allAreas: boolean;
  stek: boolean;
}

export const entityFacts: readonly EntityFacts[] = table.map(([name, dated, allAreas, stek]) => ({
  name,
  dated,
  allAreas,
  stek,
}));

export interface Call {
  database: string;
  procedure: string;
  parameters: Parameters;
}

const prepEverywhere: readonly string[] = [
  'personal_account_meter',
  'personal_account_parameter',
  'recalculation',
  'turnover_balance_sheet',
];

/** The export of one entity of one source; `period` is `2019-07-01`. */
export function exportCall(facts: EntityFacts, code: string, period: string): Call {
  const { name, dated, allAreas } = facts;
  const database = stekDatabases[code];
  if (!database) {
    const month = {
      period_month: Number(period.slice(5, 7)),
      period_year: Number(period.slice(0, 4)),
    };
    return {
      database: 'HCS',
      procedure: `dbo.sp_export_to_bill_ab_${name === 'bank_code' ? 'bank_dictionary' : name}`,
      parameters: { CurDataAreaId: allAreas ? 'all' : code, ...(dated && month) },
    };
  }
  const parameter =
    name === 'charge_detail' || name === 'personal_saldo' ? 'month' : 'date_of_month';
  const prep = code === 'zagser' || prepEverywhere.includes(name);
  return {
    database,
    procedure: prep ? `prep.sp_export_to_prep_${name}` : `dbo.sp_export_to_bill_ab_${name}`,
    parameters: dated ? { [parameter]: period.replaceAll('-', '') } : {},
  };
}

export const crudeCall = (name: Name): Call => ({
  database: 'AB',
  procedure: `crude.sp_load_datasource_${name}`,
  parameters: {},
});

export const heapCall = (name: Name): Call => ({
  database: 'AB',
  procedure: `heap.sp_load_to_heap_from_crude_${name}`,
  parameters: {},
});

/** @throws RangeError where there is none */
export function factsNamed(name: Name): EntityFacts {
  const facts = entityFacts.find((candidate) => candidate.name === name);
  if (facts === undefined) throw new RangeError(`no entity ${name}`);
  return facts;
}

/** The entities that a source has. */
export const factsOf = (code: string) =>
  entityFacts.filter(({ stek }) => stek || !(code in stekDatabases));

/** Every call of one entity's sync for these sources; `all` is exported once. */
export function entityCalls(facts: EntityFacts, codes: readonly string[], period: string): Call[] {
  const having = codes.filter((code) => facts.stek || !(code in stekDatabases));
  const exports = having.map((code) => exportCall(facts, code, period));
  const distinct = exports.filter(
    (call, index) =>
      exports.findIndex((other) => JSON.stringify(other) === JSON.stringify(call)) === index,
  );
  return [...distinct, crudeCall(facts.name), heapCall(facts.name)];
}

/** A whole data source sync of these sources. */
export const sourceCalls = (codes: readonly string[], period: string) =>
  entityFacts.flatMap((facts) => entityCalls(facts, codes, period));

/** Runs calls one after the other; answers what each did. */
export async function runCalls(server: DemoServer, calls: readonly Call[]): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  for (const { database, procedure, parameters } of calls) {
    records.push(await server.call(database, procedure, parameters));
  }
  return records;
}

/** Rows affected by all of them. */
export const sumAffected = (records: readonly CallRecord[]) =>
  records.reduce((sum, { affected }) => sum + affected, 0);
