/** From the document of a definition to what is asked by it. */

import { CatalogError } from '../../faults/catalog-error.ts';
import type { Definition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import { type Dataset, type DefinitionDocument, templateOf } from './definition.ts';
import { namesIn } from './short-lists.ts';

/**
 * What finds things by their names. `document` has the shape of a definition.
 *
 * @param from names where it came from, for the fault
 * @throws CatalogError where no dataset is the first
 */
export function linkDefinition(document: DefinitionDocument, from: string): Definition {
  const isRoot = ({ master }: Dataset) => master === '';
  const root = document.datasets.find(isRoot);
  if (root === undefined) {
    throw new CatalogError(['datasets: none without a master; leave one master empty'], from);
  }
  const datasets = new Map<string, LoadedDataset>();
  const add = (dataset: Dataset, master: LoadedDataset | undefined): LoadedDataset => {
    const children: LoadedDataset[] = [];
    const loaded: LoadedDataset = {
      document: dataset,
      name: dataset.name,
      master,
      masterFields: namesIn(dataset.masterfields),
      children,
      fields: byName(dataset.fields, ({ fieldname }) => fieldname),
      conditions: byName(
        document.conditions
          .filter((condition) => sameName(condition.dataset, dataset.name))
          .map((condition) => ({
            document: condition,
            template: templateOf(document, condition),
          })),
        (condition) => condition.document.id,
      ),
      keys: byName(
        document.keys.filter((key) => sameName(key.dataset, dataset.name)),
        ({ id }) => id,
      ),
    };
    datasets.set(foldName(dataset.name), loaded);
    for (const child of document.datasets) {
      const isOurs = !isRoot(child) && sameName(child.master, dataset.name);
      if (isOurs && !datasets.has(foldName(child.name))) children.push(add(child, loaded));
    }
    return loaded;
  };
  const linked = add(root, undefined);
  return { document, id: document.id, name: document.name, root: linked, datasets };
}

/** The first of a name counts; in the order of the list. */
function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item> {
  const map = new Map<string, Item>();
  for (const item of items) {
    const name = foldName(nameOf(item));
    if (!map.has(name)) map.set(name, item);
  }
  return map;
}
