import { CompanyError } from '../errors.ts';
import { attachments } from './attachments.ts';
import {
  bank,
  bankItems,
  cash,
  issuedInvoiceItems,
  issuedInvoices,
  pairings,
  receivedInvoices,
  receivedOrders,
} from './documents.ts';
import { labelGroups, labelList } from './labels.ts';
import {
  addressBook,
  contacts,
  contractItems,
  contracts,
  priceList,
  settings,
} from './master-data.ts';
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
  settings,
  contacts,
  contractItems,
  bankItems,
  pairings,
  labelGroups,
  labelList,
  attachments,
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

/** May clients write it by itself? */
export const isDirect = ({ importStatus = 'SUPPORTED' }: Evidence): boolean =>
  importStatus === 'SUPPORTED' || importStatus === 'NOT_DOCUMENTED';

/** A column each: what clients see, and what they do not. */
export const columnsOf = ({ properties, own = [] }: Evidence): readonly Property[] => [
  ...properties,
  ...own,
];

export function propertyOf(evidence: Evidence, name: string): Property | undefined {
  return fields.get(evidence.path)?.get(name);
}
