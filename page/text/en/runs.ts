/** Of the view runs. */
export const runs = {} as const;
