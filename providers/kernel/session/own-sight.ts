import { wire, type Connection } from "../../../pve";

/** Who asks: an operation of the stack. */
interface Seeing {
  readonly process: { readonly user: string; readonly connection: Connection };
  memory<T>(key: string, make: () => T): T;
}

const makeAsked = () => new Map<string, Promise<boolean>>();

/**
 * Would the stack be shown what is there? Proxmox leaves out of its lists what may not be seen, and says nothing of it:
 * what is not listed is missing only where this is true.
 */
export function sees(pve: Seeing, path: string, privilege: string): Promise<boolean> {
  if (pve.process.user === "root@pam") return Promise.resolve(true);
  const asked = pve.memory("what the stack would be shown", makeAsked);
  const key = `${privilege} ${path}`;
  const answer = asked.get(key) ?? ask(pve, path, privilege);
  asked.set(key, answer);
  answer.catch(() => asked.delete(key));
  return answer;
}

async function ask(pve: Seeing, path: string, privilege: string): Promise<boolean> {
  const { permissions } = pve.process.connection.api.access;
  const rights = await permissions.$get({ path });
  return wire.object(rights[path])[privilege] !== undefined;
}
