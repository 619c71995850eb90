/** Where the entries of a catalogue stand in its file. */

/** What each list is named by. */
const keys = { databases: 'id', connections: 'id', dataSources: 'code', entities: 'name' } as const;
type List = keyof typeof keys;

export interface Entries {
  /** `databases[3]`; of what is not there the list. */
  pathOf(list: List, name: string): string;
}

/** @param text of a catalogue that has passed its checks */
export function entriesIn(text: string): Entries {
  const catalog: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  return {
    pathOf(list, name) {
      const items: unknown = Reflect.get(Object(catalog), list);
      const index = Array.isArray(items)
        ? items.findIndex((item) => Reflect.get(Object(item), keys[list]) === name)
        : -1;
      return index < 0 ? list : `${list}[${index}]`;
    },
  };
}
