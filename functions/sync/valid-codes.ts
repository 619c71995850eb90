import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { codesForm, isFormAsked } from '../shapes/forms.ts';

/** Data source codes and their descriptions; or what a form needs to know of them. */
export function validCodes({ catalog, now }: AppServices): RouteHandler {
  return ({ query }) =>
    tagged(json(isFormAsked(query) ? codesForm(catalog, now()) : catalog.codes()));
}
