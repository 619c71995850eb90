/** Of the view queries. */
export const queries = {} as const;
