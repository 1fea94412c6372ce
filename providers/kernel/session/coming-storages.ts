/** What of a process is remembered: of the session, or of an operation in it. */
interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

const makeComing = () => new Set<string>();

/** Storages that the program is about to define: for checks of what it puts there, before there is any of them. */
export const comingStorages = (process: Remembering): Set<string> =>
  process.memory("cluster: storages to come", makeComing);
