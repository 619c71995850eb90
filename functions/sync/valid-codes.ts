import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';

/** Data source codes and their descriptions. */
export function validCodes(app: AppServices): RouteHandler {
  return () => json(app.catalog.codes());
}
