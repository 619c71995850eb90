/** What comes in pages, all of it: the first page is always the newest, the others are read once. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { answered, Refusal } from '../api/client.ts';
import { token } from '../session/session.ts';
import { type Asked, useLive } from './use-live.ts';

export interface All<Item> {
  /** The newest first; undefined until the first answer. */
  items: readonly Item[] | undefined;
  /** Nothing more is to come. */
  isWhole: boolean;
  refusal: Refusal | undefined;
}

interface Listing<Page, Item> {
  /** Of what is asked: another one begins anew. */
  key: string;
  /** @param query of the page's own address, beside the filters */
  ask(
    query: Readonly<Record<string, string>>,
    how: { headers: Record<string, string>; signal: AbortSignal },
  ): Asked<Page>;
  itemsOf(page: Page): readonly Item[];
  /** In the order of the listing. */
  idOf(item: Item): string;
  /** So many are enough. */
  most: number;
}

export function useAll<Page extends { next?: string }, Item>(
  listing: Listing<Page, Item>,
): ReadonlySignal<All<Item>> {
  const { key, ask, itemsOf, idOf, most } = listing;
  const all = useSignal<All<Item>>({ items: undefined, isWhole: false, refusal: undefined });
  const first = useLive<Page>(key, (how) => ask({}, how));
  useEffect(() => {
    const ended = new AbortController();
    const known = new Map<string, Item>();
    let isFollowed = false;
    all.value = { items: undefined, isWhole: false, refusal: undefined };
    const add = (page: Page) => {
      for (const item of itemsOf(page)) known.set(idOf(item), item);
      const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1));
      return sorted.map(([, item]) => item);
    };
    const follow = async (page: Page) => {
      let { next } = page;
      while (next !== undefined && known.size < most && !ended.signal.aborted) {
        const query = Object.fromEntries(new URLSearchParams(next.split('?')[1]));
        try {
          const found = await answered(ask(query, { headers: {}, signal: ended.signal }));
          if (ended.signal.aborted) return;
          all.value = { ...all.peek(), items: add(found) };
          next = found.next;
        } catch (error) {
          if (ended.signal.aborted || token.peek() === undefined) return;
          const refusal = error instanceof Refusal ? error : undefined;
          all.value = { ...all.peek(), refusal };
          break;
        }
      }
      all.value = { ...all.peek(), isWhole: true };
    };
    const unsubscribe = first.subscribe(({ data, refusal }) => {
      if (data === undefined) {
        all.value = { ...all.peek(), refusal };
        return;
      }
      all.value = { ...all.peek(), items: add(data), refusal };
      if (isFollowed) return;
      isFollowed = true;
      void follow(data);
    });
    return () => {
      ended.abort();
      unsubscribe();
    };
  }, [key]);
  return all;
}
