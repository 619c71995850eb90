/** Of the view now. */
export const now = {} as const;
