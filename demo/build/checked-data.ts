/**
 * The catalogue and the definitions that the app brings along are checked when it is built; what
 * came of it is in the bundle, in place of the modules that check. Other ones are checked where
 * they are read.
 */

import { isDeepStrictEqual } from 'node:util';
import { shippedData } from '../../shared/catalog/shipped.ts';
import { shippedDocuments } from '../../shared/dynsql/language/shipped.ts';

const checked: Readonly<Record<string, { name: string; data: () => object }>> = {
  'shared/catalog/shipped.ts': { name: 'shippedData', data: shippedData },
  'shared/dynsql/language/shipped.ts': { name: 'shippedDocuments', data: shippedDocuments },
};

/**
 * CommonJS in place of the module at `path` (of the project); undefined: it stays as it is.
 *
 * @throws CatalogError with every fault of what is shipped
 */
export function checkedModule(path: string): string | undefined {
  const found = checked[path];
  if (found === undefined) return undefined;
  const data = found.data();
  const text = JSON.stringify(data);
  if (!isDeepStrictEqual(JSON.parse(text), data)) throw new Error(`${path}: not JSON any more`);
  // Read by the parser of JSON, which is faster than that of JavaScript.
  return `exports.${found.name} = () => JSON.parse(${JSON.stringify(text)});\n`;
}
