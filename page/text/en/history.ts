/** Of the view history. */
export const history = {} as const;
