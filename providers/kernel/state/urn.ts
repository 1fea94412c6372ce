/**
 * Has the resource got another URN, by an alias or a renaming in the state? Who refreshes or deletes it is told its URN by
 * the state only, and would write into the row of a resource that is no more. What is to be said of it.
 */
export const renaming = (was: string, is: string): string | undefined =>
  was === "" || is === "" || was === is ? undefined : `known as ${nameIn(is)} from now on, and not changed`;

export const nameIn = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** The lines of `--diff` stand in no resource's row: what a change does is told with the resource's name. */
export const ofResource = (urn: string, what: string): string => (urn === "" ? what : `${nameIn(urn)}: ${what}`);
