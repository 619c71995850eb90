/** The T-SQL types a parameter may have, and what fits in them. */

/** Where a parameter's value comes from; the day is written `yyyymmdd`. */
export const valueSources = ['code', 'entity', 'month', 'year', 'first day of month'] as const;
export type ValueSource = (typeof valueSources)[number];

/** What only a dated entity has. */
export function isOfPeriod(source: ValueSource): boolean {
  return source !== 'code' && source !== 'entity';
}

export const sqlTypesAllowed =
  'use tinyint, smallint, int, bigint, char(n) or varchar(n) with n from 1 to 8000, nchar(n) or nvarchar(n) with n from 1 to 4000';

/** The longest text a type holds, in characters; `integer` for a number; undefined: not allowed. */
export function capacityOf(type: string): number | 'integer' | undefined {
  if (/^(tiny|small|big)?int$/.test(type)) return 'integer';
  const [, national, digits] = /^(n?)(?:var)?char\(([1-9]\d{0,3})\)$/.exec(type) ?? [];
  const length = Number(digits);
  return length <= (national ? 4000 : 8000) ? length : undefined;
}

/** Why values from `source` don't go into `type`: which types do. Undefined: they fit. */
export function misfit(type: string, source: ValueSource): string | undefined {
  const capacity = capacityOf(type);
  if (capacity === undefined) return undefined;
  switch (source) {
    case 'month':
      return capacity === 'integer' ? undefined : 'a month needs tinyint, smallint, int or bigint';
    case 'year':
      return capacity === 'integer' && type !== 'tinyint'
        ? undefined
        : 'a year needs smallint, int or bigint';
    case 'code':
      return capacity === 'integer' ? 'a code needs char(n) or varchar(n)' : undefined;
    case 'entity':
      return capacity === 'integer' ? 'a name needs char(n) or varchar(n)' : undefined;
    case 'first day of month':
      return capacity === 'integer' || capacity < 8
        ? 'a day is written yyyymmdd and needs char(8)'
        : undefined;
  }
}
