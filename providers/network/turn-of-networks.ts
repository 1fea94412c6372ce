import { Limits } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

const makeTurn = () => new Limits();

/**
 * One change of networks at a time in the whole process, of one node, by SDN of all or by the firewall: what goes wrong on one is seen
 * before the next, and a reload of SDN applies what is staged of a node's own interfaces too.
 */
export const turnOfNetworks = <T>(pve: Pick<Pve, "memory">, work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
  pve.memory("network: turn of the nodes", makeTurn).run(["network:all"], work, signal);
