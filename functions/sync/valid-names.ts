import type { AppServices } from '../../shared/app/services.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { knownCode } from '../../shared/sync/asked-codes.ts';
import { isFormAsked, namesForm } from '../shapes/forms.ts';
import { byLanguage, titleLanguage } from '../shapes/title-language.ts';

/** Entities of a data source and their descriptions; or what a form needs to know of them. */
export function validNames(app: AppServices): RouteHandler {
  return (request) => {
    const isForm = isFormAsked(request.query);
    const value = request.params['code'];
    const code = knownCode(value, app.catalog);
    if (code !== undefined) {
      const { catalog } = app;
      const language = titleLanguage(request);
      const form = () => namesForm(catalog, code, app.now(), language);
      return tagged(json(isForm ? form() : catalog.names(code, language), byLanguage));
    }
    const message = `Invalid code value: ${show(value)}.`;
    const allowed = `one of ${Object.keys(app.catalog.codes()).join(', ')}`;
    throw new HttpProblem('not-found', message, {
      errors: [{ field: 'code', message, value: show(value), allowed }],
    });
  };
}
