/**
 * What no single entry of a catalogue can tell: pipelines that go round in circles, codes too long
 * for a parameter, sources nobody could tell apart. Entries with faults of their own are left out, so
 * that one reading of the catalogue lists every fault.
 */

import type { CatalogSchema } from '../schema.ts';
import { checkAsked } from './asked.ts';
import { checkCalls, checkDated, checkOnce } from './calls.ts';
import { contextOf } from './check-context.ts';
import { checkCompanies } from './company-checks.ts';
import { checkEntityCircles } from './entities.ts';
import { checkEntityOverrides, checkOverrides, checkReadings } from './overrides.ts';
import { checkAfter, checkCircles, checkNames } from './pipelines.ts';
import { checkPlaces } from './places-compared.ts';
import { checkQueries } from './queries.ts';
import { checkAtOnce, checkExclusive } from './restraints.ts';
import { checkApart, checkEmptySources, checkStandingFor } from './sources.ts';

/** The faults among the entries of a catalogue, each of which `schema` checks by itself. */
export function checkTogether(schema: CatalogSchema, value: unknown): string[] {
  const faults = new Set<string>();
  const context = contextOf(schema, value, faults);
  checkStandingFor(context);
  checkEmptySources(context);
  checkEntityCircles(context);
  checkCircles(context);
  checkNames(context);
  checkAfter(context);
  for (const pipeline of context.data.pipelines) checkOverrides(context, pipeline);
  checkEntityOverrides(context);
  checkCalls(context);
  checkReadings(context);
  checkPlaces(context);
  checkOnce(context);
  checkDated(context);
  checkApart(context);
  checkAsked(context);
  checkCompanies(context);
  checkQueries(context);
  checkExclusive(context);
  checkAtOnce(context);
  return [...faults];
}
