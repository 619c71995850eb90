/**
 * Where somebody is: the address behind `#`, with the filters in it, so that it can be shared. Real
 * paths are the API's: `/runs` is the list of runs as JSON.
 */

import { computed, signal } from '@preact/signals';

export const viewNames = ['now', 'board', 'runs', 'history', 'companies', 'queries'] as const;
export type ViewName = (typeof viewNames)[number];

export interface Place {
  view: ViewName;
  /** Behind the view's name: `zd38m9z2l-b5hscz` of `#/runs/zd38m9z2l-b5hscz`. */
  path: readonly string[];
  query: URLSearchParams;
}

const hash = signal(location.hash);
window.addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** Undefined: the address is none of the page's. */
export const place = computed(() => placeOf(hash.value));

function placeOf(text: string): Place | undefined {
  const [path = '', query = ''] = text.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [first = '', ...rest] = path.split('/').filter(Boolean).map(decoded);
  const view = viewNames.find((name) => name === (first || 'now'));
  return view && { view, path: rest, query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The address of a place, for links: `#/runs?state=failed`. What is undefined or empty is left out. */
export function hrefOf(view: ViewName, path: readonly string[] = [], query: Query = {}): string {
  const parts = [view === 'now' && path.length === 0 ? '' : view, ...path];
  const asked = Object.entries(query).flatMap(([name, value]) => {
    const text = typeof value === 'object' ? value.join(',') : (value ?? '');
    return text === '' ? [] : `${name}=${encodeURIComponent(text).replaceAll('%2C', ',')}`;
  });
  const end = asked.length === 0 ? '' : `?${asked.join('&')}`;
  return `#/${parts.map(encodeURIComponent).join('/')}${end}`;
}

export function go(href: string): void {
  location.hash = href;
}

/** The filters of this place become others; going back leads to the place before, not through each letter. */
export function refine(changed: Query): void {
  const here = place.peek();
  if (here === undefined) return;
  const query = { ...Object.fromEntries(here.query), ...changed };
  history.replaceState(null, '', hrefOf(here.view, here.path, query));
  hash.value = location.hash;
}
