/** Checks a board as somebody writes it, in a request or in a file. */

import type { FieldError } from '../faults/field-error.ts';
import { type Body, fault, type Member } from '../faults/member.ts';
import { didYouMean } from '../faults/near-name.ts';
import { show } from '../faults/show.ts';
import { askedCall, type CallCatalog, callMembers, mostCalls } from '../sync/asked-call.ts';
import type { PeriodLimits } from '../sync/period.ts';
import {
  allowedCallId,
  type Board,
  type BoardCall,
  boardCallSchema,
  callIdPattern,
  longestText,
  newCallId,
} from './board.ts';

/** Members of a call on a board: those of any call, and its own. */
const members = [...callMembers, 'id', 'run', 'note'] as const;

export type AskedBoard = { board: Board } | { errors: FieldError[] };

/**
 * The board that `description` and `calls` make, its calls as they came, each with an id.
 *
 * @param limits which months there are: those of now
 */
export function askedBoard(
  { description, calls }: Body,
  catalog: CallCatalog,
  limits: PeriodLimits,
): AskedBoard {
  const text = textOf({ field: 'description', value: description });
  const list = listOf(calls);
  const parsed = list.calls.map((call, index) =>
    boardCall(call, `calls[${index}]`, catalog, limits),
  );
  const errors = [
    ...text.errors,
    ...list.errors,
    ...parsed.flatMap((one) => ('errors' in one ? one.errors : [])),
    ...sameIds(list.calls),
  ];
  if (errors.length > 0) return { errors };
  const good = parsed.flatMap((one) => ('call' in one ? [one.call] : []));
  const taken = new Set(good.flatMap(({ id }) => id ?? []));
  return {
    board: {
      ...(text.text !== undefined && { description: text.text }),
      calls: good.map((call) => ({ ...call, id: call.id ?? newCallId(call, taken) })),
    },
  };
}

type NewCall = Omit<BoardCall, 'id'> & { id?: string };

function boardCall(
  value: unknown,
  at: string,
  catalog: CallCatalog,
  limits: PeriodLimits,
): { call: NewCall } | { errors: FieldError[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const allowed = 'an object with code, and as needed name, month, year or months, run and note';
    return { errors: [fault({ field: at, value }, allowed)] };
  }
  // Null is as if it were absent.
  const given = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  const of = (name: string): Member => ({ field: `${at}.${name}`, value: given[name] });
  const { id, run = false, note: _, ...asked } = given;
  const note = textOf(of('note'));
  const checked = askedCall(knownOf(asked), at, catalog, limits);
  const isId = id === undefined || (typeof id === 'string' && callIdPattern.test(id));
  const errors = [
    ...unknownMembers(given, at),
    ...('errors' in checked ? checked.errors : []),
    ...(isId ? [] : [fault(of('id'), allowedCallId)]),
    ...(typeof run === 'boolean' ? [] : [fault(of('run'), 'true or false')]),
    ...note.errors,
  ];
  if (errors.length > 0) return { errors };
  const { id: made, ...call } = boardCallSchema.parse({
    ...{ id: 'new', ...given, run },
    ...(note.text !== undefined && { note: note.text }),
  });
  return { call: { ...call, ...(id !== undefined && { id: made }) } };
}

function knownOf(asked: Readonly<Record<string, unknown>>): object {
  const known: readonly string[] = callMembers;
  return Object.fromEntries(Object.entries(asked).filter(([name]) => known.includes(name)));
}

function unknownMembers(given: Readonly<Record<string, unknown>>, at: string): FieldError[] {
  const known: readonly string[] = members;
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const message = `a call of a board has no such member${didYouMean(name, members)}`;
      return fault({ field: `${at}.${name}`, value: given[name] }, known.join(', '), message);
    });
}

/** One line of well-formed text; absent and null are none. */
export function textOf(member: Member): { text?: string; errors: FieldError[] } {
  const { value } = member;
  if (value === undefined || value === null) return { errors: [] };
  const isText = typeof value === 'string' && /^[^\p{Cc}\p{Cs}]*$/u.test(value);
  if (isText && value.length <= longestText) return { text: value, errors: [] };
  return { errors: [fault(member, `a text of up to ${longestText} characters on one line`)] };
}

function listOf(calls: unknown): { calls: readonly unknown[]; errors: FieldError[] } {
  const allowed = `an array of up to ${mostCalls} calls`;
  if (Array.isArray(calls) && calls.length <= mostCalls) return { calls, errors: [] };
  const message = Array.isArray(calls)
    ? `calls has ${calls.length} of them, and a board has ${mostCalls} at most`
    : undefined;
  const value = Array.isArray(calls) ? calls.length : calls;
  return { calls: [], errors: [fault({ field: 'calls', value }, allowed, message)] };
}

function sameIds(calls: readonly unknown[]): FieldError[] {
  const seen = new Map<string, number>();
  return calls.flatMap((call, index) => {
    const id = typeof call === 'object' && call !== null ? Reflect.get(call, 'id') : undefined;
    if (typeof id !== 'string') return [];
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, index);
      return [];
    }
    const field = `calls[${index}].id`;
    const message = `${field} is ${show(id)}, as calls[${first}].id is`;
    return [fault({ field, value: id }, 'an id of its own, or none', message)];
  });
}
