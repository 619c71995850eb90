/** Whether everything that a definition refers to is there, before anybody asks it. */

import { faultAt, shown } from '../../../faults/catalog-error.ts';
import { isZone } from '../../../time/zone.ts';
import type { DefinitionDocument } from '../definition.ts';
import { conditionFaults } from './conditions.ts';
import { dataTypeFaults } from './data-types.ts';
import { datasetFaults } from './datasets.ts';
import { duplicates } from './names.ts';
import { orderFaults } from './order.ts';
import { templateFaults } from './templates.ts';

/** Every fault on a line of its own: path, what is there, what to use. */
export function checkFaults(document: DefinitionDocument): string[] {
  const roots = document.datasets.filter(({ master }) => master === '');
  const zone = document.timezone;
  // One slip may be seen from several sides.
  return unique([
    ...(roots.length === 1
      ? []
      : [
          faultAt(['datasets'], `${roots.length} without a master; leave exactly one master empty`),
        ]),
    ...(isZone(zone)
      ? []
      : [
          faultAt(
            ['timezone'],
            `${shown(zone)} is not a time zone; use an IANA name, such as Europe/Prague`,
          ),
        ]),
    ...duplicates(document.datasets, ['datasets'], 'name'),
    ...document.datasets.flatMap((dataset, index) => datasetFaults(document, dataset, index)),
    ...dataTypeFaults(document),
    ...conditionFaults(document),
    ...orderFaults(document),
    ...templateFaults(document),
  ]);
}

const unique = (faults: readonly string[]): string[] => [...new Set(faults)];
