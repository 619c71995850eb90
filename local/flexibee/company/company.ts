import type { Company, CompanyOptions } from './types.ts';

/** A company, opened at its first use. */
export function openCompany(options: CompanyOptions): Company {
  throw new Error(`${options.name}: the company's data core is still being built`);
}
