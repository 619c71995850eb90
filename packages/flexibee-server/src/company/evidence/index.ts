import { CompanyError } from '../errors.ts';
import {
  bank,
  cash,
  issuedInvoiceItems,
  issuedInvoices,
  receivedInvoices,
  receivedOrders,
} from './documents.ts';
import { addressBook, contracts, priceList } from './master-data.ts';
import type { Evidence, Property } from './property.ts';

export type { Evidence, Property } from './property.ts';

/** In an order in which nothing refers to what comes later. */
export const evidences: readonly Evidence[] = [
  addressBook,
  priceList,
  contracts,
  receivedOrders,
  issuedInvoices,
  issuedInvoiceItems,
  receivedInvoices,
  bank,
  cash,
];

const byPath = new Map(evidences.map((evidence) => [evidence.path, evidence]));
const fields = new Map(
  evidences.map(({ path, properties }) => [path, new Map(properties.map((p) => [p.name, p]))]),
);

export const isEvidence = (path: string): boolean => byPath.has(path);

/** @throws CompanyError 404 */
export function evidenceOf(path: string): Evidence {
  const evidence = byPath.get(path);
  if (evidence === undefined) throw new CompanyError(404, `Evidence '${path}' neexistuje.`);
  return evidence;
}

export function propertyOf(evidence: Evidence, name: string): Property | undefined {
  return fields.get(evidence.path)?.get(name);
}
