/**
 * Labels: none in the demo, but client libraries read these evidences beside every other one.
 */

import type { EvidenceDescription } from '../company/index.ts';

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
