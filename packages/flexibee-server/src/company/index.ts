/** The data of one company of the FlexiBee stand-in: evidences, filters, writes, changelog. */
export { openCompany } from './company.ts';
export { CompanyError } from './errors.ts';
export { listQuery } from './list-query.ts';
export type * from './types.ts';
