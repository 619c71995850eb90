/** Which function answers a request, as the real host decides it. */

import type { HostFunction, HttpTrigger } from '../functions.ts';
import { covers, matchRoute, parseRouteTemplate, type RouteTemplate } from './route-template.ts';

export interface Route {
  target: HostFunction;
  trigger: HttpTrigger;
  template: RouteTemplate;
}

export interface RouteResult {
  target: HostFunction;
  parameters: Record<string, string>;
}

/**
 * @param functions ordered by name: the real host tries routes in that order and takes the first
 *   that fits, whether or not a later one is more specific.
 * @throws Error naming the function whose route is wrong.
 */
export function createRoutes(functions: readonly HostFunction[], prefix: string): Route[] {
  const routes: Route[] = [];
  for (const target of functions) {
    const { trigger } = target;
    if (trigger.type !== 'http') continue;
    try {
      const template = parseRouteTemplate([prefix, trigger.route].filter(Boolean).join('/'));
      routes.push({ target, trigger, template });
    } catch (error) {
      throw new Error(`function "${target.name}": ${(error as Error).message}`);
    }
  }
  return routes;
}

/**
 * @param path as in the request line, still encoded.
 * @returns undefined also for a path that is known with other methods only
 */
export function route(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteResult | undefined {
  const segments = splitPath(path);
  for (const { target, trigger, template } of routes) {
    const parameters = matchRoute(template, segments);
    if (!parameters) continue;
    if (!trigger.methods || trigger.methods.includes(method)) {
      return target.disabled ? undefined : { target, parameters };
    }
  }
  return undefined;
}

/** Functions that no request can reach, because one whose name comes first takes all its paths. */
export function shadowed(routes: readonly Route[]): { hidden: string; by: string }[] {
  return routes.flatMap(({ target, trigger, template }, index) => {
    const by = routes
      .slice(0, index)
      .find(
        (earlier) =>
          covers(earlier.template, template) &&
          (!earlier.trigger.methods ||
            trigger.methods?.every((method) => earlier.trigger.methods?.includes(method))),
      );
    return by ? [{ hidden: target.name, by: by.target.name }] : [];
  });
}

/** A trailing slash is no segment of its own; an escaped slash stays escaped, as in ASP.NET. */
function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/').map(decode);
}

function decode(segment: string): string {
  try {
    return segment
      .split(/(%2f)/i)
      .map((part, index) => (index % 2 ? part : decodeURIComponent(part)))
      .join('');
  } catch {
    return segment;
  }
}
