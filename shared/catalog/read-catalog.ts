import { CatalogError, faultAt, faultParts } from '../faults/catalog-error.ts';
import { parseJsonText } from '../faults/json-text.ts';
import { withoutSchema } from '../json/without-schema.ts';
import type { Catalog } from './catalog.ts';
import { checkTogether } from './checks/index.ts';
import { declaredNames, duplicateFaults } from './declared.ts';
import { makeCatalog } from './make-catalog.ts';
import { type CatalogData, catalogSchema } from './schema.ts';
import { type SettingValues, withSettings } from './setting-values.ts';

/**
 * Checks a catalogue read from JSON. Throws a CatalogError that lists every fault: path, what is
 * there, what is allowed. `from` names where it came from.
 */
export function parseCatalog(file: unknown, from?: string): Catalog {
  return makeCatalog(checkCatalog(file, from));
}

/** What `makeCatalog` takes. @throws as `parseCatalog` */
export function checkCatalog(file: unknown, from?: string): CatalogData {
  const value = withoutSchema(file);
  const schema = catalogSchema(declaredNames(value));
  const result = schema.safeParse(value);
  const shapeFaults = (result.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.message.split('\n');
    const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
    return [faultAt(issue.path, (inner ?? issue).message)];
  });
  const faults = [...shapeFaults, ...duplicateFaults(value), ...checkTogether(schema, value)];
  if (faults.length > 0 || !result.success) throw new CatalogError(faults, from);
  return result.data;
}

/**
 * Parses and checks the text of a catalogue; faults of the JSON come with line and column.
 *
 * @param settings what `${NAME}` stands for; unless given, none is set
 */
export function parseCatalogText(
  text: string,
  from: string,
  settings: SettingValues = { value: () => undefined },
): Catalog {
  const { value, faults } = withSettings(parseJsonText(text, from), settings);
  try {
    const catalog = parseCatalog(value, from);
    if (faults.length === 0) return catalog;
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    // What was not replaced fits nowhere: that is told already.
    const told = new Set(faults.map((fault) => faultParts(fault)?.path));
    const isTold = (fault: string) => fault.includes('${') || told.has(faultParts(fault)?.path);
    faults.push(...error.faults.filter((fault) => told.size === 0 || !isTold(fault)));
  }
  throw new CatalogError(faults, from);
}
