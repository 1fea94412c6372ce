import { ProxmoxError } from "../errors";
import type { SshOptions } from "./ssh-options";

/** Nothing was sent to the node: there is nothing to log in with. What it would have told is not known. */
export class NoLogin extends ProxmoxError {
  constructor(node: string, why: string) {
    super({ kind: "unauthenticated", node, message: `no way to log in to ${node} by SSH: ${why}` });
  }
}

/** Why nobody can log in; undefined where there is a way, whether or not the node will take it. */
export async function whyNoLogin({ privateKey, agent, password }: SshOptions): Promise<string | undefined> {
  if (privateKey !== undefined || agent !== undefined || typeof password === "string") return undefined;
  if (password === undefined) return "there is neither a key nor an agent nor a password";
  try {
    await password();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
