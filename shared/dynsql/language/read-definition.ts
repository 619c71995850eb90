/** From a definition's JSON to one that can be asked. */

import { CatalogError, faultAt } from '../../faults/catalog-error.ts';
import type { Definition } from '../definition.ts';
import { checkFaults } from './checks/index.ts';
import { definitionSchema } from './definition.ts';
import { linkDefinition } from './link-definition.ts';

/**
 * Reads a definition as ABRA Gen gives it. Its SQL is not looked at: that is ABRA Gen's affair.
 *
 * @param from names where it came from, for the fault
 * @throws CatalogError that lists what does not have the shape of a definition
 */
export function parseDefinition(value: unknown, from = 'the definition'): Definition {
  const result = definitionSchema.safeParse(value);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => faultAt(path, message));
    throw new CatalogError(faults, from);
  }
  return linkDefinition(result.data, from);
}

/**
 * Reads a definition whose SQL we build, and checks that everything it refers to is there.
 *
 * @throws CatalogError with every fault: path, what is there, what to use
 */
export function loadDefinition(value: unknown, from = 'the definition'): Definition {
  const result = definitionSchema.safeParse(value);
  const faults = result.success
    ? checkFaults(result.data)
    : result.error.issues.map(({ path, message }) => faultAt(path, message));
  if (faults.length > 0 || !result.success) throw new CatalogError(faults, from);
  return linkDefinition(result.data, from);
}
