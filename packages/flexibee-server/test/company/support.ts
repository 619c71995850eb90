import type { TestContext } from 'node:test';
import { type Company, type CompanyOptions, openCompany } from '../../src/company/index.ts';

/** A moment in summer: Prague is two hours ahead of UTC. */
export const noon = Date.parse('2026-07-15T10:00:00Z');

/** An empty company in memory, closed with the test; its clock stands unless moved. */
export function emptyCompany(t: TestContext, options: Partial<CompanyOptions> = {}): Company {
  const company = openCompany({ name: 'test', data: false, now: () => new Date(noon), ...options });
  t.after(() => company.close());
  return company;
}

/** Writes records that must not be refused. @returns their ids */
export function put(company: Company, evidence: string, ...records: object[]): string[] {
  const { status, winstrom } = company.write(evidence, { [evidence]: records });
  if (status === 400) throw new Error(JSON.stringify(winstrom));
  return (winstrom['results'] as { id: string }[]).map(({ id }) => id);
}

/** The codes (or ids) of what a filter finds, in the order of ids. */
export function found(
  company: Company,
  evidence: string,
  filter: string,
  field = 'kod',
): unknown[] {
  const query = { filter, limit: 0, order: ['id'], detail: `custom:${field}` };
  return company.list(evidence, query).records.map((record) => record[field]);
}

/** The errors of a refused write. */
export function errorsOf(winstrom: Record<string, unknown>): Record<string, string>[] {
  const results = winstrom['results'] as { errors?: Record<string, string>[] }[];
  return results.flatMap(({ errors = [] }) => errors);
}
