import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import type { AppServices } from '../services.ts';

/** Data source codes and their descriptions. */
export function validCodes(app: AppServices): RouteHandler {
  return () => json(app.catalog.codes());
}
