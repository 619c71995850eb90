/** In which language whoever asks reads what the catalogue calls things: `Accept-Language`. */

import type { HttpRequest } from '@azure/functions';
import { type TitleLanguage, titleLanguages } from '../../shared/catalog/title.ts';
import { preferredLanguage } from '../../shared/http/accept-language.ts';

/** Of an answer with such texts. */
export const byLanguage = { headers: { vary: 'Accept-Language' } };

/** Undefined: none of those that a catalogue may have, so that the catalogue's own is meant. */
export function titleLanguage(request: HttpRequest): TitleLanguage | undefined {
  const asked = request.headers.get('accept-language');
  return preferredLanguage<TitleLanguage | ''>(asked, titleLanguages, '') || undefined;
}
