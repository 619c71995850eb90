/**
 * What no single entry of a catalogue can tell: pipelines that go round in circles, overrides that
 * disagree, codes too long for a parameter, sources nobody could tell apart. Entries with faults of
 * their own are left out, so that one reading of the catalogue lists every fault.
 */

import type { CatalogSchema } from '../schema.ts';
import { checkAsked } from './asked.ts';
import { contextOf } from './check-context.ts';
import { checkCompanies } from './company-checks.ts';
import { checkOverrides } from './overrides.ts';
import { checkCalls, checkCircles, checkDated, checkNames, checkShared } from './pipelines.ts';
import { checkQueries } from './queries.ts';
import { checkAllAreas, checkApart, checkEmptySources } from './sources.ts';

/** The faults among the entries of a catalogue, each of which `schema` checks by itself. */
export function checkTogether(schema: CatalogSchema, value: unknown): string[] {
  const faults = new Set<string>();
  const context = contextOf(schema, value, faults);
  checkAllAreas(context);
  checkEmptySources(context);
  checkCircles(context);
  checkNames(context);
  for (const pipeline of context.data.pipelines) {
    checkShared(context, pipeline);
    checkOverrides(context, pipeline);
    checkCalls(context, pipeline);
  }
  checkDated(context);
  checkApart(context);
  checkAsked(context);
  checkCompanies(context);
  checkQueries(context);
  return [...faults];
}
