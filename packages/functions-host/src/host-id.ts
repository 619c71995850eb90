/** The name under which instances of one app share locks and timer states. */

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

const maximumLength = 32;

/** The setting `AzureFunctionsWebHost__hostid`, else machine and folder, as locally in the real host. */
export function hostId(directory: string, settings: Record<string, string>): string {
  const chosen = settings['AzureFunctionsWebHost__hostid'];
  if (chosen) return chosen.toLowerCase();
  const machine = hostname().replaceAll(/[^a-z0-9]/gi, '');
  const digest = createHash('sha256').update(directory).digest().readUInt32BE();
  return `${machine.slice(0, maximumLength - 11)}-${digest}`.toLowerCase();
}
