import type { Closed } from '../../shared/app/closed.ts';

/** Where no closure is made. */
export const nothingClosed: Pick<Closed, 'ofCompany' | 'ofStages'> = {
  ofCompany: async () => undefined,
  ofStages: async () => undefined,
};
