/** A range that is open at one end: what is left of the SQL of a range between two. */

import { placed, type Token, textOf, tokensOf, trimmed } from './sql-tokens.ts';
import { isWord } from './sql-words.ts';

/**
 * `x >= {FROM} AND x < {TO}` without the part of the other end, `x BETWEEN {FROM} AND {TO}` as a
 * comparison.
 *
 * @returns undefined where the SQL does not fall into parts: `EXISTS (…)`, OR
 */
export function rangeHalf(range: string, end: 'FROM' | 'TO'): string | undefined {
  const tokens = trimmed(tokensOf(range));
  const outer = placed(tokens).filter(({ depth, token }) => depth === 0 && token.kind === 'word');
  if (outer.some(({ token }) => isWord(token, 'OR', 'CASE', 'NOT'))) return undefined;
  const between = outer.find(({ token }) => isWord(token, 'BETWEEN'));
  const parts = splitAt(
    tokens,
    outer.filter(({ token }) => isWord(token, 'AND')).map(({ index }) => index),
  );
  if (between !== undefined) {
    const [low, high, more] = parts;
    if (!low || !high || more) return undefined;
    const what = trimmed(low.slice(0, between.index));
    const from = trimmed(low.slice(between.index + 1));
    const halves = mentions(from, 'FROM') && mentions(high, 'TO');
    if (what.length === 0 || !halves || isEnd(what) || mentions(from, 'TO')) return undefined;
    if (mentions(high, 'FROM')) return undefined;
    return `${textOf(what)} ${end === 'FROM' ? `>= ${textOf(from)}` : `<= ${textOf(high)}`}`;
  }
  const other = end === 'FROM' ? 'TO' : 'FROM';
  const kept = parts.filter((part) => !mentions(part, other));
  const isWhole = parts.every((part) => !(mentions(part, end) && mentions(part, other)));
  if (!isWhole || !kept.some((part) => mentions(part, end))) return undefined;
  return kept.map(textOf).join(' AND ');
}

const mentions = (tokens: readonly Token[], name: string): boolean =>
  tokens.some((token) => token.kind === 'placeholder' && token.name === name);

const isEnd = (tokens: readonly Token[]) => mentions(tokens, 'FROM') || mentions(tokens, 'TO');

function splitAt(tokens: readonly Token[], places: readonly number[]): Token[][] {
  const ends = [...places, tokens.length];
  return ends.map((end, index) => trimmed(tokens.slice((ends[index - 1] ?? -1) + 1, end)));
}
