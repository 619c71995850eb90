/**
 * A query in its one form: names as the definition spells them, lists always, values as
 * `loose-condition.ts` has them. So whoever is asked need not know the forms that people write.
 */

import type { CheckedLevel, CheckedQuery } from '../definition.ts';

export interface NormalLevel {
  select?: string[];
  where?: { id: string; value?: unknown; flags?: readonly string[] }[];
  orderby?: { id: string; ordering?: 'desc' }[];
}

/** To be written by JSON.stringify. */
export interface NormalQuery extends NormalLevel {
  /** In the order of the definition, none within another, as ABRA's manual has them. */
  datasets?: (NormalLevel & { name: string })[];
}

/** @param query checked with templates elsewhere, without `top` and `skip` */
export function normalQuery({ root }: CheckedQuery): NormalQuery {
  const datasets = below(root);
  return { ...levelOf(root), ...(datasets.length > 0 && { datasets }) };
}

/** Those that only their children bring along are left out. */
function below({ children }: CheckedLevel): (NormalLevel & { name: string })[] {
  return children.flatMap((child) => {
    const own = levelOf(child);
    const isAsked = Object.keys(own).length > 0;
    return [...(isAsked ? [{ name: child.dataset.name, ...own }] : []), ...below(child)];
  });
}

function levelOf({ fields, given, order }: CheckedLevel): NormalLevel {
  const where = given.map(({ condition: { id }, value, flags }) => ({
    id,
    ...(value !== undefined && { value }),
    ...(flags.length > 0 && { flags }),
  }));
  const orderby = order.map(({ key: { id }, descending }) => ({
    id,
    ...(descending && { ordering: 'desc' as const }),
  }));
  return {
    ...(fields.length > 0 && { select: fields.map(({ fieldname }) => fieldname) }),
    ...(where.length > 0 && { where }),
    ...(orderby.length > 0 && { orderby }),
  };
}
