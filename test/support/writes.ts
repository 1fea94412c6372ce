import type { Simulator } from "../../simulator";

/** What was asked of a simulator that changes something, from the request of that number on; logins change nothing. */
export const writesTo = (sim: Simulator, from = 0): string[] =>
  sim.requests
    .slice(from)
    .filter(({ method, path }) => method !== "GET" && path !== "/access/ticket")
    .map(({ method, path }) => `${method} ${path}`);
