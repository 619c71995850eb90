/** An ABRA FlexiBee server for tests: evidences, Changes API, web hooks, faults on demand. See the README. */

export { changesJson, changesXml } from './changes-document.ts';
export type { BulkOptions } from './company/types.ts';
export { type Flexibee, startFlexibee } from './server.ts';
export { writeXml } from './xml/element.ts';
