/** `npm run test:long` runs all of what takes long, `npm test` a part of it that is the same each time. */
export const long = process.env["PROXMOX_TEST_LONG"] === "1";

/** Every n-th of a list, beginning with the one at `first`; all of it in the long run. */
export const sampled = <T>(all: readonly T[], every: number, first = 0): readonly T[] =>
  long ? all : all.filter((_, index) => index % every === first % every);
