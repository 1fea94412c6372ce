/** What of a process is remembered: of the session, or of an operation in it. */
interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

const makeComing = () => new Set<string>();

/**
 * Nodes that the program is about to make members of the cluster: for checks of what it puts there, the preview knows them
 * although the cluster does not.
 */
export const comingNodes = (process: Remembering): Set<string> => process.memory("cluster: nodes to come", makeComing);
