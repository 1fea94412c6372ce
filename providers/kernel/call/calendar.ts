/**
 * Seconds since 1970 by the calendar: dates that people write, and ages in days, are of the wall clock. No span that the
 * program itself waits for is measured by it.
 */
export const calendarSeconds = (): number => Math.floor(Date.now() / 1000);
