/** What SQL Server refuses to sort and to group by. */

import { errors } from '../errors.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Typed } from './context.ts';

/** Nothing but literals, however they are put together: the optimizer would fold them. */
export function isConstant(node: Expression): boolean {
  switch (node.kind) {
    case 'literal':
    case 'null':
      return true;
    case 'unary':
    case 'collate':
    case 'cast':
      return isConstant(node.operand);
    case 'binary':
      return isConstant(node.left) && isConstant(node.right);
    default:
      return false;
  }
}

/** @param position from 1. @throws 408 and 1008; a whole number alone is the place of a column */
export function checkSortedBy(node: Expression, position: number): void {
  if (node.kind === 'variable') throw errors.orderByVariable(position);
  if (isConstant(node)) throw errors.orderByConstant(position);
}

/** The same of a window. @throws 5308, 5309 */
export function checkWindowOrder(node: Expression): void {
  if (node.kind === 'literal' && /^\d+$/.test(node.text)) throw errors.windowOrderIndex();
  if (isConstant(node)) throw errors.windowOrderConstant();
}

/** @throws 164, 144 */
export function checkGroupedBy(node: Expression): void {
  if (isConstant(node)) throw errors.groupByConstant();
  if (node.kind === 'subquery') throw errors.groupBySubquery();
}

/** @throws 305 */
export function checkComparable(...values: readonly Typed[]): void {
  if (values.some(({ type }) => type.name === 'xml')) throw errors.xmlNotSorted();
}

/** @param keys without direction. @throws 169 */
export function checkSortedOnce(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw errors.sortedTwice();
}
