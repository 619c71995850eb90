/** Queries by which a database says whether a definition's SQL goes there: each piece of it used once. */

import type {
  CheckedCondition,
  CheckedLevel,
  CheckedOrder,
  CheckedQuery,
  Definition,
  LoadedCondition,
  LoadedDataset,
  SqlText,
  TypedValue,
} from '../../dynsql/definition.ts';
import { type Field, fragmentNames, type Template } from '../../dynsql/language/definition.ts';
import { buildStatement } from '../../dynsql/sql/statements.ts';
import { pathText } from '../../faults/catalog-error.ts';

export interface Probe extends SqlText {
  /** In the definition: where it is mended. */
  path: string;
  /** For people, before `does not run`: `the field subject of MAIN`. */
  what: string;
}

export interface DatasetProbes {
  /** All of it at once: where this goes, nothing else is asked. */
  whole: Probe;
  /** Its own SQL with nothing of the parts. */
  bare: Probe;
  parts: Probe[];
}

type Asked = Pick<CheckedLevel, 'fields' | 'conditions' | 'order'>;
const nothing: Asked = { fields: [], conditions: [], order: [] };

/** Of each dataset, in the order of the definition. Their values are samples: none is to be run. */
export function probesOf(definition: Definition): DatasetProbes[] {
  return [...definition.datasets.values()].map((dataset) => {
    const { name } = dataset;
    const index = definition.document.datasets.indexOf(dataset.document);
    const at = (...path: PropertyKey[]) => pathText(['datasets', index, ...path]);
    const probe = (path: string, what: string, asked: Partial<Asked>): Probe => {
      const { sql, parameters } = buildStatement(queryOf(definition, dataset, asked));
      return { path, what, sql, parameters };
    };
    const fields = [...dataset.fields.values()];
    const conditions = [...dataset.conditions.values()].map((condition) => {
      const path = ['conditions', definition.document.conditions.indexOf(condition.document)];
      return { condition, path, uses: usesOf(condition) };
    });
    const order = [...dataset.keys.values()].map((key): CheckedOrder => {
      return { key, descending: false };
    });
    const sqlPath = at('sql');
    return {
      whole: probe(sqlPath, `${name} with all that it has`, {
        ...{ fields, order },
        conditions: conditions.flatMap(({ uses }) => uses.map(({ used }) => used)),
      }),
      bare: probe(sqlPath, `the sql of ${name}`, {}),
      parts: [
        ...fields.map((field: Field) => {
          const path = at('fields', dataset.document.fields.indexOf(field), 'expression');
          return probe(path, `the field ${field.fieldname} of ${name}`, { fields: [field] });
        }),
        ...conditions.flatMap(({ condition, path, uses }) =>
          uses.map(({ used, from }) => {
            const { id, params, template } = condition.document;
            const place = params === '' ? ['templates', template, ...from] : [...path, 'params'];
            const what = `the condition ${id} of ${name} (${pathText([template, ...from])})`;
            return probe(pathText(place), what, { conditions: [used] });
          }),
        ),
        ...order.map((one) => {
          const index = definition.document.keys.indexOf(one.key);
          const path = pathText(['keys', index, 'sql']);
          return probe(path, `the key ${one.key.id} of ${name}`, { order: [one] });
        }),
      ],
    };
  });
}

/** The dataset below its masters, of which nothing is asked. */
function queryOf(
  definition: Definition,
  dataset: LoadedDataset,
  asked: Partial<Asked>,
): CheckedQuery {
  const levelOf = (own: LoadedDataset, of: Partial<Asked>, children: CheckedLevel[]) => {
    return { ...nothing, ...of, dataset: own, given: [], groupedBy: undefined, children };
  };
  let root: CheckedLevel = levelOf(dataset, asked, []);
  for (let above = dataset.master; above !== undefined; above = above.master) {
    root = levelOf(above, {}, [root]);
  }
  return { definition, root, skip: 0, top: undefined, count: false, next: undefined };
}

/** Each fragment of its template, with what stands for a value of it. */
function usesOf({ document, template }: LoadedCondition) {
  if (template === undefined) return [];
  const values = valuesOf(template);
  const use = (fragment: string, ...from: PropertyKey[]) => {
    const used: CheckedCondition = { condition: document, fragment, values };
    return { used, from };
  };
  const variants = [
    { variant: template as Pick<Template, (typeof fragmentNames)[number]>, within: [] as string[] },
    ...Object.entries(template.flags).map(([flag, variant]) => {
      return { variant, within: ['flags', flag] };
    }),
  ];
  return [
    ...variants.flatMap(({ variant, within }) =>
      fragmentNames.flatMap((kind) => {
        const fragment = variant[kind];
        return fragment === undefined ? [] : [use(fragment, ...within, kind)];
      }),
    ),
    ...template.values.flatMap(({ sql }, index) =>
      sql === undefined ? [] : [use(sql, 'values', index, 'sql')],
    ),
  ];
}

/** Only their types count. */
function valuesOf({ type = 'nvarchar(200)' }: Template): Record<string, TypedValue> {
  const one = { type, value: '' };
  return { VALUE: one, FROM: one, TO: one, LIST: { type, list: [''] } };
}
