/** Of the view companies. */
export const companies = {} as const;
