/** ASP.NET route templates, as HTTP triggers use them: `runs/{id:int}/{*rest}`. */

import { type Constraint, parseConstraint } from './constraints.ts';

interface Parameter {
  name: string;
  optional: boolean;
  catchAll: boolean;
  default: string | undefined;
  constraints: Constraint[];
}

/** A path segment: one literal, one parameter, or a mix such as `{name}.{extension}`. */
interface Segment {
  parts: (string | Parameter)[];
  expression: RegExp;
}

export interface RouteTemplate {
  text: string;
  segments: Segment[];
}

/**
 * @param text the prefix and the route, joined by `/`.
 * @throws Error saying what is wrong with the template.
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  const segments = splitSegments(text.replace(/^~?\//, '')).map(parseSegment);
  const parameters = segments.flatMap(({ parts }) => parts.filter((it) => typeof it !== 'string'));
  const names = parameters.map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) throw new Error(`route "${text}" names the parameter "${repeated}" twice`);
  const early = parameters.slice(0, -1).find(({ catchAll }) => catchAll);
  if (early) throw new Error(`route "${text}": catch-all "${early.name}" must come last`);
  return { text, segments };
}

/**
 * Matches literals and parameter names without regard to case.
 * @param path decoded path segments.
 * @returns the values by parameter name as the template writes it, without optional parameters
 *   that are absent; undefined when the path is not this route's.
 */
export function matchRoute(
  template: RouteTemplate,
  path: readonly string[],
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  const constrain: [Parameter, string][] = [];
  const take = (parameter: Parameter, value: string): void => {
    values[parameter.name] = value;
    constrain.push([parameter, value]);
  };
  let position = 0;
  for (const { parts, expression } of template.segments) {
    const [only] = parts;
    const alone = parts.length === 1 && typeof only !== 'string' ? only : undefined;
    if (alone?.catchAll) {
      const rest = path.slice(position).join('/');
      position = path.length;
      if (rest !== '' || alone.default !== undefined) take(alone, rest || (alone.default ?? ''));
      continue;
    }
    const segment = path[position];
    position += 1;
    if (segment === undefined) {
      if (alone?.default !== undefined) take(alone, alone.default);
      else if (!alone?.optional) return undefined;
      continue;
    }
    const match = expression.exec(segment);
    if (!match) return undefined;
    const parameters = parts.filter((part) => typeof part !== 'string');
    for (const [index, parameter] of parameters.entries()) take(parameter, match[index + 1] ?? '');
  }
  if (position < path.length) return undefined;
  const fits = constrain.every(([{ constraints }, value]) => constraints.every((it) => it(value)));
  return fits ? values : undefined;
}

/** True when every path of `other` is also one of `template`, so far as their shapes tell. */
export function covers(template: RouteTemplate, other: RouteTemplate): boolean {
  const open = (segment: Segment): boolean =>
    segment.parts.every((part) => typeof part !== 'string' && part.constraints.length === 0);
  return (
    template.segments.length === other.segments.length &&
    template.segments.every((segment, index) => {
      const counterpart = other.segments[index];
      return open(segment) || segment.expression.source === counterpart?.expression.source;
    })
  );
}

/** Splits at `/` outside braces: a regex constraint may hold one. */
function splitSegments(text: string): string[] {
  if (text === '') return [];
  const segments = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === '/' && depth === 0) segments.push('');
    else segments[segments.length - 1] += character;
  }
  if (depth !== 0) throw new Error(`route "${text}" has unbalanced braces`);
  if (segments.includes('')) throw new Error(`route "${text}" has an empty segment`);
  return segments;
}

function parseSegment(text: string): Segment {
  const parts: Segment['parts'] = [];
  let expression = '';
  // Inside a parameter, `{{` and `}}` stand for braces of a regular expression.
  for (const [, literal, parameter] of text.matchAll(/([^{}]+)|\{((?:[^{}]|\{\{|\}\})+)\}/g)) {
    if (literal !== undefined) {
      parts.push(literal);
      expression += escapeExpression(literal);
    } else {
      parts.push(parseParameter(parameter ?? ''));
      expression += '(.+)';
    }
  }
  return { parts, expression: new RegExp(`^${expression}$`, 'is') };
}

function parseParameter(text: string): Parameter {
  const unescaped = text.replaceAll('{{', '{').replaceAll('}}', '}');
  const [, stars = '', name = '', constraints = '', fallback, optional] =
    /^(\*{0,2})([a-z_][\w-]*)((?::[a-z]+(?:\(.*?\)(?=[:=?]|$))?)*)(?:=(.*?))?(\?)?$/is.exec(
      unescaped,
    ) ?? [];
  if (name === '') throw new Error(`"{${text}}" is no route parameter`);
  return {
    name,
    optional: optional !== undefined,
    catchAll: stars !== '',
    default: fallback,
    constraints: splitConstraints(constraints).map(parseConstraint),
  };
}

/** Splits `:int:regex(a:b)` at the colons outside parentheses. */
function splitConstraints(text: string): string[] {
  return [...text.matchAll(/:([a-z]+(?:\(.*?\)(?=:|$))?)/gis)].map(([, one = '']) => one);
}

function escapeExpression(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
