/** Why the rows of a query did not come whole into the aggregate base. */

export type RowLoadTrouble = 'answer not understood' | 'superseded';

const cures: Readonly<Record<RowLoadTrouble, string>> = {
  'answer not understood':
    'Nothing was deleted; what came before the fault is loaded. Ask the query by hand to see its answer, then load again.',
  superseded: 'Another load of the same rows has begun later, and it brings all of them.',
};

/** Holds nothing of the rows. */
export class RowLoadError extends Error {
  readonly kind: RowLoadTrouble;
  /** What people can do about it. */
  readonly cure: string;

  constructor(kind: RowLoadTrouble, message: string) {
    super(message);
    this.name = 'RowLoadError';
    this.kind = kind;
    this.cure = cures[kind];
  }
}
