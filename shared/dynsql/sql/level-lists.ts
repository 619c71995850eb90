/** What a level selects, with the names that its columns have in a statement. */

import type { LevelSql, Sort } from './level.ts';

/** Fields, keys of children, and places to go on from. */
export const ownList = ({ fields, keys, places }: LevelSql): string[] => [
  ...named(fields, 'c'),
  ...named([...keys.values()], 'm'),
  ...named(places, 'p'),
];

export const ownNames = (level: LevelSql): string[] => {
  const { fields, keys, places } = level;
  return [
    ...fields.map((_, index) => `c${index}`),
    ...[...keys].map((_, index) => `m${index}`),
    ...placeNames({ places }),
  ];
};

export const placeNames = ({ places }: Pick<LevelSql, 'places'>): string[] =>
  places.map((_, index) => `p${index}`);

export const sortsOf = ({ sorts, ties }: LevelSql): Sort[] => [...sorts, ...ties];

export const sortList = (own: LevelSql): string[] =>
  named(
    sortsOf(own).map(({ sql }) => sql),
    'o',
  );

export const named = (expressions: readonly string[], prefix: string): string[] =>
  expressions.map((sql, index) => `${sql} AS [${prefix}${index}]`);

export const orOne = (list: readonly string[]): readonly string[] =>
  list.length > 0 ? list : ['1 AS [x]'];

export const collated = (sql: string, { collation }: Sort): string =>
  collation === undefined ? sql : `${sql} COLLATE ${collation}`;
