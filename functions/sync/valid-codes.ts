import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { codesForm, isFormAsked } from '../shapes/forms.ts';
import { byLanguage, titleLanguage } from '../shapes/title-language.ts';

/** Data source codes and their descriptions; or what a form needs to know of them. */
export function validCodes({ catalog, now }: AppServices): RouteHandler {
  return (request) => {
    const language = titleLanguage(request);
    const isForm = isFormAsked(request.query);
    const codes = isForm ? codesForm(catalog, now(), language) : catalog.codes(language);
    return tagged(json(codes, byLanguage));
  };
}
