/** A page of the changelog in the form of `changes.json` and `changes.xml`; hooks carry the same. */

import type { ChangesPage } from './company/index.ts';
import { element, type XmlElement } from './xml/element.ts';
import type { JsonObject } from './xml/winstrom.ts';

export function changesJson({ globalVersion, changes, next }: ChangesPage): JsonObject {
  return {
    winstrom: {
      '@globalVersion': String(globalVersion),
      changes: changes.map(({ evidence, version, operation, timestamp, id, externalIds }) => ({
        '@evidence': evidence,
        '@in-version': String(version),
        '@operation': operation,
        ...(timestamp === undefined ? {} : { '@timestamp': timestamp }),
        id: String(id),
        'external-ids': externalIds,
      })),
      next: String(next ?? 'none'),
    },
  };
}

export function changesXml({ globalVersion, changes, next }: ChangesPage): XmlElement {
  const lines = changes.map(({ evidence, version, operation, timestamp, id, externalIds }) =>
    element(
      evidence,
      [String(id), ...externalIds].map((one) => element('id', one)),
      [
        ['in-version', String(version)],
        ['operation', operation],
        ...(timestamp === undefined ? [] : ([['timestamp', timestamp]] as [string, string][])),
      ],
    ),
  );
  return element(
    'winstrom',
    [...lines, element('next', String(next ?? 'none'))],
    [
      ['version', '1.0'],
      ['globalVersion', String(globalVersion)],
    ],
  );
}
