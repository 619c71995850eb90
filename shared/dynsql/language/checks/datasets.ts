/** Datasets: how they nest, their SQL, fields and aliases. */

import { faultAt, type Path, shown } from '../../../faults/catalog-error.ts';
import { foldName, sameName } from '../../name.ts';
import { datasetSql, fieldExpression, hasOwnWhere } from '../../sql/sql-text.ts';
import { placed, type Token, textOf, tokensOf, wordsAlone } from '../../sql/sql-tokens.ts';
import { isWord } from '../../sql/sql-words.ts';
import type { Dataset, DefinitionDocument } from '../definition.ts';
import { namesIn } from '../short-lists.ts';
import {
  commonTables,
  expressionFaults,
  parenthesesFaults,
  sortFaults,
  unsortedFaults,
} from './expressions.ts';
import { datasetOf, duplicates, unknown } from './names.ts';
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
        ...fieldFaults(dataset, field.expression, [...own, 'expression']),
        ...aggregateFaults(field, names, own),
        ...(alias === ''
          ? []
          : unknown(alias, [...own, 'sqljoinbinding', 'alias'], 'an alias', aliases)),
      ];
    }),
    ...dataset.aliases.flatMap(({ alias, joinsql }, at) => [
      ...sqlFaults(tokensOf(joinsql), [...path, 'aliases', at, 'joinsql'], dataset, []),
      ...parenthesesFaults(tokensOf(joinsql), [...path, 'aliases', at, 'joinsql']),
      ...aliasFaults(dataset, alias, joinsql, [...path, 'aliases', at]),
      ...(alias.startsWith('__')
        ? [faultAt([...path, 'aliases', at, 'alias'], `${shown(alias)} is ours; use another`)]
        : []),
    ]),
    ...namesIn(dataset.uniquefields).flatMap((name) => {
      const own: Path = [...path, 'uniquefields'];
      const field = dataset.fields.find(({ fieldname }) => sameName(fieldname, name));
      return field
        ? unsortedFaults(fieldExpression(field.expression), own)
        : unknown(name, own, `a field of ${dataset.name}`, names);
    }),
  ];
}

/** How a field adds up, and by which currencies. */
function aggregateFaults(
  { aggregate, currency, datatype }: Dataset['fields'][number],
  names: readonly string[],
  path: Path,
): string[] {
  const own: Path = [...path, 'aggregate'];
  const isAdded = aggregate === 'sum' || aggregate === 'avg';
  const cannot = (use: string) => [faultAt(own, `${shown(aggregate)} of ${datatype}; ${use}`)];
  const isNumber = /^dt(integer|float|currency)$/i.test(datatype);
  const isOrdered = !/^dtboolean$|blob|graphic|picture/i.test(datatype);
  return [
    ...(isAdded && !isNumber ? cannot('use dtInteger, dtFloat or dtCurrency, or count') : []),
    ...((aggregate === 'min' || aggregate === 'max') && !isOrdered ? cannot('use count') : []),
    ...(currency === undefined
      ? []
      : unknown(currency, [...path, 'currency'], 'a field of the dataset', names)),
  ];
}

function fieldFaults(dataset: Dataset, expression: string, path: Path): string[] {
  const tokens = fieldExpression(expression);
  const faults = [...sqlFaults(tokens, path, dataset, []), ...expressionFaults(tokens, path)];
  const query = tokens.find((token) => isWord(token, 'SELECT', 'OVER'));
  if (faults.length > 0 || query === undefined || !datasetSql(dataset.sql).isDistinct)
    return faults;
  const use = 'put the query of the dataset into FROM (…) instead';
  return [faultAt(path, `${shown(query.text)} is not allowed with DISTINCT; ${use}`)];
}

/** The alias must be what the dataset's SQL, or its own join, calls a table. */
function aliasFaults(dataset: Dataset, alias: string, joinsql: string, path: Path): string[] {
  const [place, where] = joinsql === '' ? ['alias', dataset.sql] : ['joinsql', joinsql];
  if (wordsAlone(tokensOf(where)).has(foldName(alias))) return [];
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
  if (above === undefined || sameName(above.name, dataset.name)) {
    return unknown(
      sameName(master, dataset.name) ? '' : master,
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
  const unused = fields.filter((name) => !bindsIn(dataset).some((bind) => sameName(bind, name)));
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
    const name = foldName(at.name);
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

const bindsIn = ({ sql }: Dataset) =>
  tokensOf(sql).flatMap(({ kind, name }) => (kind === 'bind' ? [name] : []));

function queryFaults(document: DefinitionDocument, dataset: Dataset, path: Path): string[] {
  const { tables, body, order } = datasetSql(dataset.sql);
  const all = tokensOf(dataset.sql);
  const count = (name: string) =>
    all.filter((token) => token.kind === 'placeholder' && token.name === name).length;
  const belongs = (item: { dataset: string }) => sameName(item.dataset, dataset.name);
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
    ...parenthesesFaults(all, path),
    ...tableFaults(document, dataset, tables, path),
    ...misplaced(all, body, path),
    ...sqlFaults(body, path, dataset, ['FIELDS', 'JOIN', 'WHERE']),
    ...order.flatMap(({ expression }) => [
      ...sqlFaults(expression, path, dataset, []),
      ...sortFaults(expression, path),
    ]),
    ...bindsIn(dataset)
      .filter((bind) => !masters.some((name) => sameName(name, bind)))
      .map((bind) => faultAt(path, `:${bind} is not one of masterfields (${masters.join(', ')})`)),
  ];
}

/** Common table expressions stand at the beginning of a statement, with those of other datasets. */
function tableFaults(
  document: DefinitionDocument,
  dataset: Dataset,
  tables: readonly Token[],
  path: Path,
): string[] {
  const others = document.datasets.slice(0, document.datasets.indexOf(dataset));
  const known = others.flatMap(({ name, sql }) =>
    commonTables(datasetSql(sql).tables).map((table) => ({ ...table, dataset: name })),
  );
  return [
    ...tables
      .filter(({ kind }) => kind === 'placeholder' || kind === 'bind')
      .map(({ text }) => faultAt(path, `${text} is not allowed in WITH; use it after SELECT`)),
    ...commonTables(tables).flatMap(({ name, text }) => {
      const other = known.find((table) => table.name === name && table.text !== text);
      if (other) return [faultAt(path, `${name} is another table in ${other.dataset}; rename it`)];
      return name.startsWith('__') ? [faultAt(path, `${name} is ours; use another name`)] : [];
    }),
    ...sqlFaults(
      tables.filter(({ kind }) => kind !== 'placeholder'),
      path,
      dataset,
      [],
    ),
  ];
}

/** Levels are sorted and numbered by us: rows of the query must be rows of its FROM. */
function misplaced(all: readonly Token[], body: readonly Token[], path: Path): string[] {
  const words = outerWords(body);
  const where = words.findIndex(({ name }) => name === 'WHERE');
  const hasOr = words.slice(where).some(({ name }) => name === 'OR');
  const outer = outerWords(all);
  const atEnd = outer.filter(
    ({ name }, index) =>
      notAtEnd.includes(name) && !(name === 'FOR' && outer[index + 1]?.name === 'SYSTEM_TIME'),
  );
  const by = outer.findLastIndex(({ name }) => name === 'ORDER');
  const pages = by === -1 ? [] : outer.slice(by).filter(({ name }) => inPages.includes(name));
  return [
    ...(hasOwnWhere(body) && hasOr
      ? [faultAt(path, 'OR in its WHERE would meet the AND of {WHERE}; put it in parentheses')]
      : []),
    ...[...atEnd, ...pages].map(({ text }) =>
      faultAt(path, `${text} is not allowed at its end; put the query into FROM (…) instead`),
    ),
  ];
}

/** Words outside of parentheses and of CASE … END, but for names after a dot. */
function outerWords(tokens: readonly Token[]): Token[] {
  let cases = 0;
  const ink = placed(tokens).filter(({ token }) => token.kind !== 'space');
  return ink.flatMap(({ token, depth }, index) => {
    if (token.kind !== 'word' || depth !== 0 || ink[index - 1]?.token.text === '.') return [];
    if (token.name === 'CASE') cases++;
    else if (token.name === 'END' && cases > 0) cases--;
    else if (cases === 0) return [token];
    return [];
  });
}

const notAtEnd = ['GROUP', 'UNION', 'EXCEPT', 'INTERSECT', 'HAVING', 'FOR', 'OPTION'];
const inPages = ['OFFSET', 'FETCH'];
