import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { catalogForm } from '../shapes/forms.ts';
import { byLanguage, titleLanguage } from '../shapes/title-language.ts';

/** What the catalogue has, as far as a frontend draws by it. */
export function readCatalog({ catalog, now }: AppServices): RouteHandler {
  return (request) => tagged(json(catalogForm(catalog, now(), titleLanguage(request)), byLanguage));
}
