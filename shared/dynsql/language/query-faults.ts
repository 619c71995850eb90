/** What is wrong with a query, fault by fault. */

import { type Path, pathText } from '../../faults/catalog-error.ts';
import type { FieldError } from '../../faults/field-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { echo } from '../../faults/show.ts';

/** A value of the body and where it is. */
export interface Place {
  readonly path: Path;
  readonly value: unknown;
}

/** Names that a fault lists before it says how many more there are. */
const longestList = 40;

/** Told of one query: whatever its size, more than these help nobody, and cost. */
const mostFaults = 10;

/** Ends the reading of a query that has had its faults. */
export class EnoughFaultsError extends Error {}

/** A query that cannot be answered as it is: for whoever asked to mend. Holds no secret. */
export class QueryFault extends Error {
  /** `unknown`: a definition or a report that there is not; `unfit`: what is asked of one. */
  readonly kind: 'unknown' | 'unfit';
  readonly errors: readonly FieldError[];

  constructor(kind: QueryFault['kind'], message: string, errors: readonly FieldError[]) {
    super(message);
    this.name = 'QueryFault';
    this.kind = kind;
    this.errors = errors;
  }
}

export class QueryFaults {
  readonly errors: FieldError[] = [];

  /**
   * @param allowed to be read after `must be`
   * @throws EnoughFaultsError at the tenth fault
   */
  add({ path, value }: Place, allowed: string, message?: string): undefined {
    const field = path.length === 0 ? 'body' : pathText(path);
    const missing = value === undefined;
    const said = missing ? `${field} is needed` : `${field} must be ${allowed}`;
    const told = message === undefined ? said : `${field}: ${message}`;
    // A place may be looked at from several sides.
    if (this.errors.some((one) => one.field === field && one.message === told)) return undefined;
    this.errors.push({
      field,
      message: told,
      ...(missing ? {} : { value: echo(value) }),
      allowed,
    });
    if (this.errors.length === mostFaults) throw new EnoughFaultsError();
    return undefined;
  }

  /** A name that is none of `names`. */
  unknown(place: Place, what: string, names: readonly string[]): undefined {
    const { value } = place;
    const shown = JSON.stringify(echo(value));
    const isThere = value !== undefined;
    const listed = names.slice(0, longestList).join(', ');
    const more = names.length - longestList;
    const allowed =
      names.length === 0 ? '' : `one of ${listed}${more > 0 ? ` and ${more} more` : ''}`;
    const near = names.length === 0 ? ': there is none' : didYouMean(value, names);
    return this.add(place, allowed, isThere ? `${shown} is no ${what}${near}` : undefined);
  }
}
