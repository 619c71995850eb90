import type { Definition } from '../definition.ts';
import type { Report } from '../reports/report.ts';
import type { DynsqlCatalog } from './dynsql-catalog.ts';
import { linkDefinition } from './link-definition.ts';
import { type CheckedDynsql, shippedDocuments } from './shipped.ts';

let made: DynsqlCatalog | undefined;

/** The definitions and reports that the app brings along: one, made when it is first asked for. */
export function shippedDynsql(): DynsqlCatalog {
  made ??= linked(shippedDocuments());
  return made;
}

/** Definitions are linked when the first of them is asked for, since no start needs one. */
function linked({ revision, ...documents }: CheckedDynsql): DynsqlCatalog {
  let definitions: readonly Definition[] | undefined;
  let reports: readonly Report[] | undefined;
  const all = () => {
    definitions ??= documents.definitions.map((document) => linkDefinition(document, 'catalog'));
    return definitions;
  };
  return {
    revision,
    isShipped: true,
    get definitions() {
      return all();
    },
    get reports() {
      reports ??= documents.reports.map((layout) => ({ layout, definition: definitionOf(layout) }));
      return reports;
    },
  };

  function definitionOf({ definition: id }: Report['layout']): Definition {
    const found = all().find((definition) => definition.id === id);
    if (found === undefined) throw new RangeError(`no definition ${id}`);
    return found;
  }
}
