/**
 * Data sources and entities: read once somebody is signed in, and again once the catalogue, or the
 * language, is another.
 */

import { computed, signal } from '@preact/signals';
import { api } from '../api/client.ts';
import type { CatalogForm } from '../api/schema.d.ts';
import { token } from '../session/session.ts';
import { language } from '../text/languages.ts';
import { changes } from './overview.ts';

/** Undefined until it was read. */
export const catalog = signal<CatalogForm | undefined>(undefined);

const descriptions = computed(
  () => new Map(catalog.value?.entities.map(({ name, description }) => [name, description])),
);

/** An entity in words; its name where the catalogue has none. */
export function entityTitle(name: string): string {
  return descriptions.value.get(name) || name;
}

/** How often it is looked whether there is another: exchanges of a catalogue are rare. */
const everyMs = 60_000;
let etag: string | undefined;
let lookedAt = Number.NEGATIVE_INFINITY;
let lookedIn = '';

changes.subscribe(() => void look());
language.subscribe(() => void look());

async function look(): Promise<void> {
  const asked = language.value;
  const isKnown = asked === lookedIn && performance.now() - lookedAt < everyMs;
  if (token.value === undefined || isKnown) return;
  lookedAt = performance.now();
  lookedIn = asked;
  try {
    const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
    const { data, response } = await api.GET('/catalog', { headers });
    if (!response.ok || asked !== lookedIn) return;
    etag = response.headers.get('etag') ?? undefined;
    catalog.value = data;
  } catch {
    // The long poll tells that nobody answers; the next change asks again.
    lookedAt = Number.NEGATIVE_INFINITY;
  }
}
