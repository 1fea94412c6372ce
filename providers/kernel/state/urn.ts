/**
 * Has the resource got another URN, by an alias or a renaming in the state? Who refreshes or deletes it is told its URN by
 * the state only, and would write into the row of a resource that is no more. What is to be said of it.
 */
export const renaming = (was: string, is: string): string | undefined =>
  was === "" || is === "" || was === is ? undefined : `known as ${nameIn(is)} from now on, and not changed`;

export const nameIn = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** `Vm web`, of `urn:pulumi:dev::site::pulumi-nodejs:dynamic/pve:Vm::web`. */
export const calledIn = (urn: string): string => {
  const [, , type = "", ...name] = urn.split("::");
  return `${type.slice(type.lastIndexOf(":") + 1)} ${name.join("::")}`;
};
