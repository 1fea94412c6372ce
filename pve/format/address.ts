import net from "node:net";

/**
 * Is this an IP address and nothing else? What a guest's agent reports goes into command lines and inventories, and a
 * guest may say anything.
 */
export const isAddress = (text: unknown): text is string =>
  typeof text === "string" && net.isIP(text) !== 0 && !text.includes("%");

/** A user's name that neither a shell nor a template finds anything special in, nor ssh an option. */
const plainUser = /^[A-Za-z_][\w.-]*$/;

export const isPlainUser = (text: unknown): text is string => typeof text === "string" && plainUser.test(text);

/** How to log in; without the user when his name is not one to be put into a command line. */
export function sshCommand(address: unknown, user: unknown): string | undefined {
  if (!isAddress(address)) return undefined;
  return `ssh ${isPlainUser(user) ? `${user}@` : ""}${address}`;
}
