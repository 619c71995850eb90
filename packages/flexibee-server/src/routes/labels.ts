/**
 * Labels: none in the demo, but client libraries read these evidences beside every other one.
 */

import type { Company, EvidenceDescription, PropertyDescription } from '../company/index.ts';

export const labelEvidences: readonly EvidenceDescription[] = [
  { path: 'stitek', name: 'Štítky', type: 'STITEK', importStatus: 'SUPPORTED' },
  {
    path: 'skupina-stitku',
    name: 'Skupiny štítků',
    type: 'SKUPINA_STITKU',
    importStatus: 'SUPPORTED',
  },
];

export const isLabelEvidence = (evidence: string) =>
  labelEvidences.some(({ path }) => path === evidence);

/** Labels have the fields that every list of codes has. */
export function labelProperties(company: Company): PropertyDescription[] {
  const common = ['id', 'lastUpdate', 'kod', 'nazev'];
  return company.properties('adresar').filter(({ propertyName }) => common.includes(propertyName));
}
