/**
 * What a form needs to know of data sources and entities: `?view=form` of `/valid_codes` and
 * `/{code}/valid_names`. A parameter, since the same paths as JSON are dictionaries that clients of
 * the original read.
 */

import { z } from 'zod';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { TitleLanguage } from '../../shared/catalog/title.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodLimits, periodText } from '../../shared/sync/period.ts';

export const formViewSchema = z.enum(['form']);

const monthsSchema = z
  .object({ from: z.string(), to: z.string() })
  .meta({ description: 'The first and the last month that may be asked for now, as yyyy-mm' });

export const codesFormSchema = z
  .object({
    months: monthsSchema,
    codes: z
      .array(
        z.object({
          code: z.string(),
          description: z.string(),
          server: z.string().meta({ description: 'What a run of it has for itself' }),
          needsMonth: z.boolean().meta({ description: 'A whole sync needs a month and a year' }),
          standsFor: z.boolean().meta({
            description: 'It is asked in place of other data sources for some entities',
          }),
          entities: z.int(),
        }),
      )
      .meta({ description: 'In the order of a drop-down list' }),
  })
  .meta({ id: 'CodesForm' });
type CodesForm = z.infer<typeof codesFormSchema>;

export const namesFormSchema = z
  .object({
    code: z.string(),
    months: monthsSchema,
    names: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        order: z.int().meta({ description: 'Its place in a whole sync, from 1' }),
        dated: z.boolean().meta({ description: 'A sync of it needs a month and a year' }),
        exportedBy: z.string().meta({
          description:
            'The data source that is asked for it: this one, or the one that stands for it and others',
        }),
        servers: z.array(z.string()).meta({ description: 'Where its stages run, in their order' }),
      }),
    ),
  })
  .meta({ id: 'NamesForm' });
type NamesForm = z.infer<typeof namesFormSchema>;

export const catalogFormSchema = z
  .object({
    revision: z.string().meta({ description: 'Another one, and something of this may be another' }),
    timeZone: z.string(),
    months: monthsSchema,
    codes: codesFormSchema.shape.codes,
    entities: z
      .array(
        namesFormSchema.shape.names.element
          .pick({ name: true, description: true, dated: true })
          .extend({
            sources: z
              .array(
                namesFormSchema.shape.names.element
                  .pick({ order: true, exportedBy: true, servers: true })
                  .extend({ code: z.string() }),
              )
              .meta({ description: 'Data sources that have it, in the order of `codes`' }),
          }),
      )
      .meta({ description: 'By their description' }),
  })
  .meta({ id: 'CatalogForm' });
type CatalogForm = z.infer<typeof catalogFormSchema>;

/** Throws `HttpProblem` 400 for another view than there is. */
export function isFormAsked(query: URLSearchParams): boolean {
  const view = query.get('view');
  if (view === null) return false;
  if (formViewSchema.safeParse(view).success) return true;
  const allowed = 'form, or left out for keys and descriptions';
  const errors = [
    { field: 'view', message: `view must be ${allowed}`, value: show(view), allowed },
  ];
  throw new HttpProblem('invalid-value', `Invalid view value: ${show(view)}.`, { errors });
}

export function codesForm(catalog: Catalog, now: Date, language?: TitleLanguage): CodesForm {
  const standIns = standInsOf(catalog);
  return {
    months: monthsOf(catalog, now),
    codes: Object.entries(catalog.codes(language)).map(([code, description]) => {
      const names = catalog.entityOrder(code);
      const own = names
        .flatMap((name) => stagesOf(catalog, name, code))
        .find((stage) => stage.code !== undefined);
      return {
        code,
        description,
        server: own?.server ?? '',
        needsMonth: names.some((name) => catalog.isDated(name, code)),
        standsFor: standIns.has(code),
        entities: names.length,
      };
    }),
  };
}

/** @param code one that the catalogue knows */
export function namesForm(
  catalog: Catalog,
  code: string,
  now: Date,
  language?: TitleLanguage,
): NamesForm {
  const descriptions = catalog.names(code, language) ?? {};
  return {
    code,
    months: monthsOf(catalog, now),
    names: catalog.entityOrder(code).map((name, index) => {
      const stages = stagesOf(catalog, name, code);
      return {
        name,
        description: descriptions[name] ?? '',
        order: index + 1,
        dated: catalog.isDated(name, code) === true,
        exportedBy: stages.find((stage) => stage.code !== undefined)?.code ?? code,
        servers: [...new Set(stages.map(({ server }) => server))],
      };
    }),
  };
}

/** Data sources and entities together: what a board of all of them is drawn by. */
export function catalogForm(catalog: Catalog, now: Date, language?: TitleLanguage): CatalogForm {
  const { months, codes } = codesForm(catalog, now, language);
  const entities = new Map<string, CatalogForm['entities'][number]>();
  for (const { code } of codes) {
    const { names } = namesForm(catalog, code, now, language);
    for (const { name, description, dated, ...source } of names) {
      const entity = entities.get(name) ?? { name, description, dated: false, sources: [] };
      entity.dated ||= dated;
      entity.sources.push({ code, ...source });
      entities.set(name, entity);
    }
  }
  const { revision, periods } = catalog;
  return {
    ...{ revision, timeZone: periods.timeZone, months, codes },
    entities: [...entities.values()].sort(byDescription),
  };
}

const byDescription = (one: { description: string }, other: { description: string }) =>
  one.description.localeCompare(other.description);

const known = new WeakMap<Catalog, ReadonlySet<string>>();

/** Codes that stand for others, whose entities are exported under them. */
function standInsOf(catalog: Catalog): ReadonlySet<string> {
  const found = new Set<string>();
  for (const code of known.has(catalog) ? [] : Object.keys(catalog.codes())) {
    for (const name of catalog.entityOrder(code)) {
      for (const stage of stagesOf(catalog, name, code)) {
        if (stage.code !== undefined && stage.code !== code) found.add(stage.code);
      }
    }
  }
  const codes = known.get(catalog) ?? found;
  known.set(catalog, codes);
  return codes;
}

/** Of any month: they differ in parameters alone. */
function stagesOf(catalog: Catalog, name: string, code: string) {
  return catalog.stages({ name, code, period: { month: 1, year: 2019 } });
}

function monthsOf({ periods }: Catalog, now: Date) {
  const { first, last } = periodLimits(periods, now);
  return { from: periodText(first), to: periodText(last) };
}
