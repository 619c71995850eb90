/** Checks what POST /runs is asked for. */

import type { Catalog } from '../../shared/catalog/index.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault, type NamedCode } from '../../shared/faults/member.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { askedCall, type CallCatalog, mostCalls } from '../../shared/sync/asked-call.ts';
import { knownCodes } from '../../shared/sync/asked-codes.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import type { SyncRequest } from '../../shared/sync/syncs.ts';
import { refusalText, unknownMembers } from './unknown-members.ts';
import { checkUser } from './user.ts';
import { checkWhenBusy, whenBusyOf } from './when-busy.ts';

const members = ['token', 'user', 'calls', 'whenBusy'] as const;

/** Nobody reads more of them at once. */
const mostErrors = 100;

/** The data sources that the calls name, as far as the catalogue knows them. */
export function codesOfCalls({ calls }: Body, catalog: Pick<Catalog, 'codes'>): NamedCode[] {
  if (!Array.isArray(calls)) return [];
  return calls.slice(0, mostCalls).flatMap((call: unknown, index) => {
    const value = typeof call === 'object' && call !== null ? Reflect.get(call, 'code') : undefined;
    return knownCodes({ field: `calls[${index}].code`, value }, catalog);
  });
}

/**
 * The calls, as the catalogue knows them, with the months that they mean at `now`.
 * Throws `HttpProblem` 400: its message is the first fault, its `errors` name a hundred at most.
 */
export function parseCalls(
  body: Body,
  catalog: CallCatalog,
  now: Date,
): Pick<SyncRequest, 'user' | 'calls' | 'whenBusy'> {
  const limits = periodLimits(catalog.periods, now);
  const asked = listOf(body);
  const parsed = asked.calls.map((call, index) => {
    return askedCall(call, `calls[${index}]`, catalog, limits);
  });
  const user = checkUser(body);
  const errors = [
    ...(user?.errors ?? []),
    ...unknownMembers(body, members),
    ...asked.errors,
    ...parsed.flatMap((one) => ('errors' in one ? one.errors : [])),
    ...(checkWhenBusy(body)?.errors ?? []),
  ];
  const [first] = errors;
  if (first === undefined) {
    const calls = parsed.flatMap((one) => ('call' in one ? [one.call] : []));
    return { user: String(body.user), calls, ...whenBusyOf(body) };
  }
  const text = user?.text ?? refusalText(first);
  throw new HttpProblem('invalid-value', text, { errors: errors.slice(0, mostErrors) });
}

function listOf({ calls }: Body): { calls: readonly unknown[]; errors: FieldError[] } {
  const allowed = `an array of 1 to ${mostCalls} calls`;
  const isList = Array.isArray(calls) && calls.length > 0;
  if (isList && calls.length <= mostCalls) return { calls, errors: [] };
  const message = isList
    ? `calls has ${calls.length} of them, and a run has ${mostCalls} at most`
    : undefined;
  const value = isList ? calls.length : calls;
  return { calls: [], errors: [fault({ field: 'calls', value }, allowed, message)] };
}
