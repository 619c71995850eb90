/** Datasets: how they nest, their SQL, fields and aliases. */

import { faultAt, type Path, shown } from '../../../faults/catalog-error.ts';
import { datasetSql, fieldExpression, hasOwnWhere } from '../../sql/sql-text.ts';
import { placed, type Token, textOf, tokensOf, wordsAlone } from '../../sql/sql-tokens.ts';
import type { Dataset, DefinitionDocument } from '../definition.ts';
import { namesIn } from '../short-lists.ts';
import { datasetOf, duplicates, same, unknown } from './names.ts';
import { sqlFaults } from './sql.ts';

export function datasetFaults(
  document: DefinitionDocument,
  dataset: Dataset,
  index: number,
): string[] {
  const path: Path = ['datasets', index];
  const names = dataset.fields.map(({ fieldname }) => fieldname);
  return [
    ...masterFaults(document, dataset, path),
    ...queryFaults(document, dataset, [...path, 'sql']),
    ...duplicates(dataset.fields, [...path, 'fields'], 'fieldname'),
    ...duplicates(dataset.aliases, [...path, 'aliases'], 'alias'),
    ...dataset.fields.flatMap((field, at) => {
      const own: Path = [...path, 'fields', at];
      const { alias } = field.sqljoinbinding;
      const aliases = dataset.aliases.map((one) => one.alias);
      return [
        ...sqlFaults(fieldExpression(field.expression), [...own, 'expression'], dataset, []),
        ...(alias === ''
          ? []
          : unknown(alias, [...own, 'sqljoinbinding', 'alias'], 'an alias', aliases)),
      ];
    }),
    ...dataset.aliases.flatMap(({ alias, joinsql }, at) => [
      ...sqlFaults(tokensOf(joinsql), [...path, 'aliases', at, 'joinsql'], dataset, []),
      ...aliasFaults(dataset, alias, joinsql, [...path, 'aliases', at]),
      ...(alias.startsWith('__')
        ? [faultAt([...path, 'aliases', at, 'alias'], `${shown(alias)} is ours; use another`)]
        : []),
    ]),
    ...namesIn(dataset.uniquefields).flatMap((name) =>
      unknown(name, [...path, 'uniquefields'], `a field of ${dataset.name}`, names),
    ),
  ];
}

/** The alias must be what the dataset's SQL, or its own join, calls a table. */
function aliasFaults(dataset: Dataset, alias: string, joinsql: string, path: Path): string[] {
  const [place, where] = joinsql === '' ? ['alias', dataset.sql] : ['joinsql', joinsql];
  if (wordsAlone(tokensOf(where)).has(alias.toUpperCase())) return [];
  const use = joinsql === '' ? "use a table's alias in the dataset's sql" : 'name its table so';
  return [faultAt([...path, place], `no table is called ${alias} there; ${use}`)];
}

function masterFaults(document: DefinitionDocument, dataset: Dataset, path: Path): string[] {
  const { master, masterfields } = dataset;
  const fields = namesIn(masterfields);
  if (master === '') {
    return fields.length === 0
      ? []
      : [faultAt([...path, 'masterfields'], 'there is no master; leave it empty')];
  }
  const names = document.datasets.map(({ name }) => name).filter((name) => name !== dataset.name);
  const above = datasetOf(document.datasets, master);
  if (above === undefined || same(above.name, dataset.name)) {
    return unknown(
      same(master, dataset.name) ? '' : master,
      [...path, 'master'],
      'another dataset',
      names,
    );
  }
  if (isBelowItself(document, dataset)) {
    return [
      faultAt([...path, 'master'], `${shown(master)} is below ${dataset.name} itself; use another`),
    ];
  }
  const masters = above.fields.map(({ fieldname }) => fieldname);
  if (fields.length === 0) {
    return [faultAt([...path, 'masterfields'], `empty; use fields of ${above.name}`)];
  }
  const unused = fields.filter((name) => !bindsIn(dataset).some((bind) => same(bind, name)));
  return [
    ...fields.flatMap((name) =>
      unknown(name, [...path, 'masterfields'], `a field of ${above.name}`, masters),
    ),
    ...unused.map((name) =>
      faultAt([...path, 'sql'], `:${name} is not in it; use it, or leave it out of masterfields`),
    ),
  ];
}

function isBelowItself(document: DefinitionDocument, dataset: Dataset): boolean {
  const seen = new Set<string>();
  for (let at: Dataset | undefined = dataset; at; at = datasetOf(document.datasets, at.master)) {
    const name = at.name.toLowerCase();
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

const bindsIn = ({ sql }: Dataset) =>
  tokensOf(sql).flatMap(({ kind, name }) => (kind === 'bind' ? [name] : []));

function queryFaults(document: DefinitionDocument, dataset: Dataset, path: Path): string[] {
  const { body, order } = datasetSql(dataset.sql);
  const all = tokensOf(dataset.sql);
  const count = (name: string) =>
    all.filter((token) => token.kind === 'placeholder' && token.name === name).length;
  const belongs = (item: { dataset: string }) => same(item.dataset, dataset.name);
  const joins = dataset.aliases.some(({ joinsql }) => joinsql !== '');
  const missing = (name: string, why: string) => faultAt(path, `{${name}} is missing; ${why}`);
  const masters = namesIn(dataset.masterfields);
  return [
    ...(/^SELECT\s+\{FIELDS\}\s+FROM\s/i.test(textOf(body))
      ? []
      : [faultAt(path, 'use SELECT {FIELDS} FROM … as its beginning')]),
    ...['FIELDS', 'JOIN', 'WHERE', 'ORDERBY']
      .filter((name) => count(name) > 1)
      .map((name) => faultAt(path, `{${name}} is there ${count(name)} times; use it once`)),
    ...(joins && count('JOIN') === 0 ? [missing('JOIN', 'aliases have a joinsql')] : []),
    ...(document.conditions.some(belongs) && count('WHERE') === 0
      ? [missing('WHERE', 'conditions belong to it')]
      : []),
    ...(document.keys.some(belongs) && count('ORDERBY') === 0
      ? [missing('ORDERBY', 'keys belong to it')]
      : []),
    ...misplaced(body, path),
    ...sqlFaults(body, path, dataset, ['FIELDS', 'JOIN', 'WHERE']),
    ...order.flatMap(({ expression }) => sqlFaults(expression, path, dataset, [])),
    ...bindsIn(dataset)
      .filter((bind) => !masters.some((name) => same(name, bind)))
      .map((bind) => faultAt(path, `:${bind} is not one of masterfields (${masters.join(', ')})`)),
  ];
}

/** Levels are sorted and numbered by us: rows of the query must be rows of its FROM. */
function misplaced(body: readonly Token[], path: Path): string[] {
  const outer = placed(body).filter(({ token, depth }) => depth === 0 && token.kind === 'word');
  const where = outer.findIndex(({ token }) => token.name === 'WHERE');
  const hasOr = outer.slice(where).some(({ token }) => token.name === 'OR');
  return [
    ...(hasOwnWhere(body) && hasOr
      ? [faultAt(path, 'OR in its WHERE would meet the AND of {WHERE}; put it in parentheses')]
      : []),
    ...outer
      .filter(({ token }) => notAtEnd.includes(token.name))
      .map(({ token }) =>
        faultAt(
          path,
          `${token.text} is not allowed at its end; put the query into FROM (…) instead`,
        ),
      ),
  ];
}

const notAtEnd = ['GROUP', 'UNION', 'EXCEPT', 'INTERSECT', 'HAVING', 'FOR', 'OPTION'];
