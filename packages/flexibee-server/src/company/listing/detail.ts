import { CompanyError } from '../errors.ts';
import { type Evidence, evidenceOf, type Property } from '../evidence/index.ts';

/** Which fields of an evidence are shown; `id` always is. */
export interface Selection {
  properties: readonly Property[];
  /** Child rows, when they are shown: as which member, and which fields of each. */
  children?: { field: string; selection: Selection };
}

/**
 * Reads `id`, `summary`, `full`, `custom:kod,polozkyFaktury(nazev,sumCelkem)`. Unknown fields of
 * a custom detail are ignored, as documented. Children come with a custom detail that names them,
 * or with the relation `polozky` (or either of their own names).
 * @throws CompanyError 400
 */
export function parseDetail(
  evidence: Evidence,
  detail: string,
  relations: readonly string[] = [],
): Selection {
  const children = evidence.children;
  const asked = ['polozky', ...childNames(evidence)].find((name) => relations.includes(name));
  const full = (of: Evidence): Selection => ({ properties: of.properties });
  const extra =
    children !== undefined && asked !== undefined
      ? {
          children: {
            field: asked === 'polozky' ? children.field : asked,
            selection: full(evidenceOf(children.evidence)),
          },
        }
      : undefined;
  if (detail === 'full') return { ...full(evidence), ...extra };
  if (detail === 'summary' || detail === 'id') {
    const shown = (property: Property) =>
      detail === 'id' ? property.name === 'id' : property.summary === true;
    return { properties: evidence.properties.filter(shown), ...extra };
  }
  if (detail.startsWith('custom:')) {
    return { ...extra, ...custom(evidence, detail.slice('custom:'.length)) };
  }
  throw new CompanyError(400, `Neznámá úroveň detailu '${detail}'.`);
}

function custom(evidence: Evidence, list: string): Selection {
  const wanted = new Map(split(list));
  const properties = evidence.properties.filter(({ name }) => name === 'id' || wanted.has(name));
  const { children } = evidence;
  const field = childNames(evidence).find((name) => wanted.has(name));
  if (children === undefined || field === undefined) return { properties };
  const child = evidenceOf(children.evidence);
  const nested = wanted.get(field) ?? '';
  const selection = nested === '' ? { properties: child.properties } : custom(child, nested);
  return { properties, children: { field, selection } };
}

/** What a client may call the child rows. */
function childNames({ children }: Evidence): string[] {
  if (children === undefined) return [];
  return [children.field, ...(children.alias === undefined ? [] : [children.alias])];
}

/** `a,b(c,d)` to [a, ''], [b, 'c,d']. */
function split(list: string): [string, string][] {
  const found: [string, string][] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= list.length; at++) {
    const character = list[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    if (depth < 0) break;
    if (at === list.length || (character === ',' && depth === 0)) {
      const [, name = '', nested = ''] =
        /^\s*([^(\s]*)\s*(?:\((.*)\))?\s*$/s.exec(list.slice(from, at)) ?? [];
      found.push([name, nested]);
      from = at + 1;
    }
  }
  if (depth !== 0) throw new CompanyError(400, `Chybné závorky v detailu 'custom:${list}'.`);
  return found;
}

/** Properties that point to a record, by which the listing joins its code and name. */
export const relationsOf = ({ properties }: Selection): Property[] =>
  properties.filter(({ target }) => target !== undefined);
