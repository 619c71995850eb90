/** The typed tables in the aggregate base, as its procedures make and fill them: see sql/install. */

import type { Databases } from '../../database/databases.ts';
import type { SqlParameter } from '../../database/link.ts';
import { bracketed } from '../../database/product-schemas.ts';
import type { EvidenceProperties } from './properties.ts';

/** `locked`: somebody else has the tables; `no right`: an administrator must do it. */
export type Shaped = 'shaped' | 'same' | 'locked' | 'no right';

export interface TypedNews {
  evidence: string;
  column: string;
  /** Of a value that did not fit. */
  rows?: number;
  /** Of a column that is named with its kind: why. */
  note?: string;
}

/** By property; how many letters fit, Infinity for as many as there are. */
export type TypedColumns = ReadonlyMap<string, number>;

/** Every call throws DatabaseError, or the reason of `signal`; each may be made again. */
export interface TypedBase {
  /** By company and evidence: keys of records that FlexiBee's properties do not have. */
  readonly inVain: Map<string, Set<string>>;
  /** Makes the table have columns for these properties; only ever adds and widens. */
  shape(
    company: string,
    evidence: string,
    told: EvidenceProperties,
    signal: AbortSignal,
  ): Promise<Shaped>;
  /** Writes a thousand rows that the mirror had before the columns. @returns whether there are more */
  fill(evidence: string, signal: AbortSignal): Promise<boolean>;
  /** The properties that have a column; remembered until `shape`. */
  columns(evidence: string, signal: AbortSignal): Promise<TypedColumns>;
  news(company: string, signal: AbortSignal): Promise<TypedNews[]>;
}

const text = (name: string, value: string | null, type = 'nvarchar(64)'): SqlParameter => ({
  name,
  type,
  value,
});

/** @param database the catalogue's id of the database that has the mirror */
export function sqlTypedBase(databases: Databases, database: string): TypedBase {
  const known = new Map<string, TypedColumns>();
  const schema = bracketed(databases.schemas(database).flexi);
  const ask = (sql: string, parameters: SqlParameter[], signal: AbortSignal) =>
    databases.query(database, sql, parameters, signal);
  return {
    inVain: new Map(),
    async shape(company, evidence, { title, properties }, signal) {
      known.delete(evidence);
      const [row] = await ask(
        `DECLARE @state varchar(10);
EXEC ${schema}.sp_shape_evidence @company, @evidence, @title, @properties, @state OUTPUT;
SELECT @state AS state`,
        [
          text('company', company),
          text('evidence', evidence),
          text('title', title?.slice(0, 255) ?? null, 'nvarchar(255)'),
          text('properties', JSON.stringify(properties), 'nvarchar(max)'),
        ],
        signal,
      );
      return row?.['state'] as Shaped;
    },
    async fill(evidence, signal) {
      const [row] = await ask(
        `DECLARE @more bit;
EXEC ${schema}.sp_fill_evidence @evidence, 1000, @more OUTPUT;
SELECT @more AS more`,
        [text('evidence', evidence)],
        signal,
      );
      return row?.['more'] === true;
    },
    async columns(evidence, signal) {
      const existing = known.get(evidence);
      if (existing !== undefined) return existing;
      const rows = await ask(
        `EXEC ${schema}.sp_typed_columns @evidence`,
        [text('evidence', evidence)],
        signal,
      );
      const columns = columnsIn(rows);
      known.set(evidence, columns);
      return columns;
    },
    async news(company, signal) {
      const rows = await ask(
        `EXEC ${schema}.sp_typed_state @company`,
        [text('company', company)],
        signal,
      );
      return rows.map(newsIn);
    },
  };
}

/** Of a relation the code's length counts; of two kinds of one property the longer one. */
function columnsIn(rows: readonly Record<string, unknown>[]): TypedColumns {
  const columns = new Map<string, number>();
  for (const { property, role, length } of rows) {
    const isText = length !== null && (role === 'value' || role === 'code');
    const letters = isText && length !== -1 ? Number(length) : Number.POSITIVE_INFINITY;
    const known = columns.get(String(property));
    const least = known === undefined || letters < known ? letters : known;
    columns.set(String(property), least);
  }
  return columns;
}

function newsIn(row: Record<string, unknown>): TypedNews {
  const { evidence, column_name, row_count, property, kind, first_kind, first_company } = row;
  const place = { evidence: String(evidence), column: String(column_name) };
  if (row_count !== null) return { ...place, rows: Number(row_count) };
  const whose = first_company === '' ? 'the shipped definitions' : String(first_company);
  const note = `${property} is ${kind} here and ${first_kind} in ${whose}: column ${column_name}`;
  return { ...place, note };
}
