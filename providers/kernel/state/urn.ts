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

/** The parts of `urn:pulumi:dev::site::pulumi-nodejs:dynamic/pve:Vm::web`; a name may have `::` in it. */
export function placeIn(urn: string): { stack: string; project: string; kind: string; name: string } {
  const [stack = "", project = "", type = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, kind: type.slice(type.lastIndexOf(":") + 1), name: name.join("::") };
}
