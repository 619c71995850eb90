/** What the procedures of stage 1 are called, and what they take: as in the original. */

import { type EntityName, entityOf } from '../entities.ts';
import type { SourceDatabase } from '../sources.ts';
import type { Parameter } from './text.ts';

/** STEK databases that export these through `prep` although they are not zagser. */
const exportedThroughPrep: readonly EntityName[] = [
  'personal_account_meter',
  'personal_account_parameter',
  'recalculation',
  'turnover_balance_sheet',
];

/** Dated STEK exports that call their parameter `@month`; the others `@date_of_month`. */
const namedMonth: readonly EntityName[] = ['charge_detail', 'personal_saldo'];

/** `schema.name` of the procedure that exports an entity from a database. */
export function exportProcedureName(name: EntityName, database: SourceDatabase): string {
  const throughPrep =
    database.system === 'STEK' &&
    (database.codes.includes('zagser') || exportedThroughPrep.includes(name));
  if (throughPrep) return `prep.sp_export_to_prep_${name}`;
  return `dbo.sp_export_to_bill_ab_${name === 'bank_code' ? 'bank_dictionary' : name}`;
}

const monthParameter = (name: EntityName) =>
  namedMonth.includes(name) ? 'month' : 'date_of_month';

/** The parameters of the procedure that exports an entity from a database. */
export function exportParameters(name: EntityName, database: SourceDatabase): Parameter[] {
  const { dated } = entityOf(name);
  if (database.system === 'STEK') {
    return dated ? [{ name: `@${monthParameter(name)}`, type: 'varchar(8)' }] : [];
  }
  const area = { name: '@CurDataAreaId', type: 'varchar(4)' };
  if (!dated) return [area];
  return [area, { name: '@period_month', type: 'int' }, { name: '@period_year', type: 'int' }];
}
