/**
 * What a query from an address, or a saved one, says and the form does not: a name that the
 * definition has no more, a condition that was typed wrong. It is told, and never left out in silence:
 * less conditions are more rows.
 */

import type { HelpDataset } from '../../api/schema.d.ts';
import { bodyOf, numberText } from './form.ts';
import { formOfBody, isObject, isSame, joins, listOf, memberOf } from './form-of-body.ts';

/** Places of the body as the API names them: `where[0]`, `datasets[1].select[0]`. */
export function leftOut(body: unknown, root: HelpDataset): readonly string[] {
  if (!isObject(body)) return ['query'];
  const { body: made } = bodyOf(formOfBody(body, root), root);
  return ofLevel(body, made, '');
}

function ofLevel(body: object, made: unknown, before: string): string[] {
  return membersOf(body).flatMap(([name, value]) => {
    const place = `${before}${name}`;
    const own = memberOf(made, name);
    switch (name.toLowerCase()) {
      case 'select':
      case 'groupby':
        return ofList(value, place, (one) => listOf(own).some((field) => isSameText(one, field)));
      case 'where':
        return ofNodes(value, own, place);
      case 'orderby':
        return ofOrder(value, own, place);
      case 'distinct':
        return value === false || value === own ? [] : [place];
      case 'top':
        return String(value) === String(own) ? [] : [place];
      case 'datasets':
        return listOf(value).flatMap((one, index) => ofDataset(one, made, `${place}[${index}]`));
      case 'name':
        return before === '' ? [place] : [];
      // The page counts, and reads page after page, in any case.
      case 'count':
      case 'next':
        return before === '' && typeof value === 'boolean' ? [] : [place];
      default:
        return [place];
    }
  });
}

/** What is there; null is as good as nothing. */
const membersOf = (value: object) =>
  Object.entries(value).filter(([, one]) => one !== undefined && one !== null);

function ofList(value: unknown, place: string, isKept: (one: unknown) => boolean): string[] {
  return listOf(value).flatMap((one, index) => (isKept(one) ? [] : [`${place}[${index}]`]));
}

function ofDataset(one: unknown, made: unknown, place: string): string[] {
  const own = datasetIn(made, memberOf(one, 'name'));
  return isObject(one) && own !== undefined ? ofLevel(one, own, `${place}.`) : [place];
}

/** At the top or inside the one above: the form has it where the definition has. */
function datasetIn(made: unknown, name: unknown): unknown {
  for (const one of listOf(memberOf(made, 'datasets'))) {
    const found = isSameText(memberOf(one, 'name'), name) ? one : datasetIn(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ofOrder(value: unknown, made: unknown, place: string): string[] {
  const own = [...listOf(made)];
  return ofList(value, place, (one) => {
    if (!isSameText(memberOf(one, 'id'), memberOf(own[0], 'id'))) return false;
    const first = own.shift();
    const isDown = (key: unknown) => isSameText(memberOf(key, 'ordering'), 'desc');
    const ordering = memberOf(one, 'ordering');
    const isKnown = ordering === undefined || isSameText(ordering, 'asc') || isDown(one);
    return isKnown && isDown(one) === isDown(first) && has(one, ['id', 'ordering']);
  });
}

/** The form has them in the same order, without those that it does not know. */
function ofNodes(value: unknown, made: unknown, place: string): string[] {
  const own = [...listOf(made)];
  return listOf(value).flatMap((one, index) => {
    const at = `${place}[${index}]`;
    const join = joins.find((name) => memberOf(one, name) !== undefined);
    const mark = join ?? 'id';
    const isOwn =
      join === undefined
        ? isSameText(memberOf(one, 'id'), memberOf(own[0], 'id'))
        : memberOf(own[0], join) !== undefined;
    if (!isOwn || !isObject(one)) return [at];
    const kept = own.shift();
    if (join === undefined) return isSameCondition(one, kept) ? [] : [at];
    const inside = ofNodes(memberOf(one, mark), memberOf(kept, mark), `${at}.${mark}`);
    return has(one, [join]) ? inside : [at, ...inside];
  });
}

function isSameCondition(one: object, made: unknown): boolean {
  const parts = (name: string) => [partsOf(memberOf(one, name)), partsOf(memberOf(made, name))];
  return (
    has(one, ['id', 'value', 'isNull', 'flags']) &&
    ['value', 'isNull', 'flags'].every((name) => {
      const [given = [], kept = []] = parts(name);
      return (
        given.length === kept.length && given.every((text, at) => isSame(text, kept[at] ?? ''))
      );
    })
  );
}

/** A value however it may be written: two ends of a range, a list, several declared ones in a text. */
function partsOf(value: unknown): string[] {
  if (isObject(value)) {
    const entries = membersOf(value).filter(([, one]) => one !== '');
    const ends = entries.map(([name]) => name.toLowerCase()).join();
    // As a list of two it says the same.
    const isPlain = ends === 'in' || ends === 'from,to';
    return entries.flatMap(([name, one]) =>
      isPlain ? partsOf(one) : [`${name.toLowerCase()} ${partsOf(one)}`],
    );
  }
  return listOf(value).flatMap((one) =>
    isObject(one) || one === null
      ? [`${JSON.stringify(one)} as it is`]
      : String(one)
          .split(';')
          .map((text) => numberText(text.trim())),
  );
}

const has = (one: unknown, names: readonly string[]) =>
  isObject(one) && membersOf(one).every(([name]) => names.some((known) => isSame(known, name)));

const isSameText = (one: unknown, other: unknown) =>
  typeof one === 'string' && typeof other === 'string' && isSame(one, other);
