import { Limits } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

const makeTurn = () => new Limits();

/**
 * One change of networks at a time in the whole process, of one node or by SDN of all: what goes wrong on one is seen
 * before the next, and a reload of SDN applies what is staged of a node's own interfaces too.
 */
export const turnOfNetworks = <T>(pve: Pick<Pve, "memory">, work: () => Promise<T>): Promise<T> =>
  pve.memory("network: turn of the nodes", makeTurn).run(["network:all"], work);
