import { type Database, quoted } from '../database.ts';
import { CompanyError } from '../errors.ts';
import { type Evidence, type Property, propertyOf } from '../evidence/index.ts';
import type { Condition } from '../filter/sql.ts';
import { rounded } from '../write/values.ts';

/** What a listing's records come to. @throws CompanyError 400, not a document; unknown fields */
export function sumRecords(
  db: Database,
  evidence: Evidence,
  { sql, values }: Condition,
  fields?: readonly string[],
): Record<string, string> {
  if (evidence.newestFirst !== true) {
    throw new CompanyError(400, `Evidence '${evidence.path}' nepodporuje sumace.`);
  }
  const amounts =
    fields?.map((name) => amountOf(evidence, name)) ?? evidence.properties.filter(isAmount);
  const columns = amounts.map(({ name }) => `sum(t.${quoted(name)}) AS ${quoted(name)}`);
  const row = db.one(
    `SELECT ${columns.join(', ')} FROM ${quoted(evidence.path)} t ${sql}`,
    ...values,
  );
  return Object.fromEntries(
    amounts.map(({ name, decimal = 2 }) => {
      const total = rounded(Number(row?.[name] ?? 0), decimal);
      return [name, Number.isInteger(total) ? `${total}.0` : String(total)];
    }),
  );
}

const isAmount = ({ type }: Property): boolean => type === 'numeric';

function amountOf(evidence: Evidence, name: string): Property {
  const property = propertyOf(evidence, name);
  if (property !== undefined && isAmount(property)) return property;
  throw new CompanyError(400, `Vlastnost '${name}' nelze sčítat.`);
}
