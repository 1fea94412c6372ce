import type { Guest } from "../../pve";

/** A guest as HA calls it: `vm:100`, or `ct:101` of a container. */
export const sidOf = ({ type, vmid }: Pick<Guest, "type" | "vmid">): string =>
  `${type === "lxc" ? "ct" : "vm"}:${vmid}`;

/** The VMID of a guest as HA calls it. */
export const vmidOf = (sid: string): number => Number(sid.replace(/^\w+:/, ""));
