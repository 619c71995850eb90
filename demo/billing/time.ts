/** datetime2(3) as the stand-in stores it: ISO 8601 without a zone, in UTC. */
export const timestamp = (date: Date) => date.toISOString().slice(0, -1);
