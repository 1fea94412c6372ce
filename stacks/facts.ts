import * as pulumi from "../providers/kernel/program/sdk";
import { mistake } from "../providers/kernel/program/mistake";

/** A fact of the machines that only they can tell. */
export interface Fact {
  /** Keys of the config, any of which tells it; dots lead into objects: `pulumi-proxmox-cluster:osdSerials.golf.nvme1n1`. */
  readonly keys: readonly [string, ...string[]];
  /** How its value is found. */
  readonly find: string;
}

/** Refuses the stack, before anything is registered or asked, with all that is not known of it. */
export function assertKnown(cluster: string, facts: readonly Fact[]): void {
  const unknown = facts.filter(({ keys }) => !keys.some(isSet));
  if (unknown.length === 0) return;
  const lines = unknown.map(({ keys, find }) => `  ${keys.join(" or ")}: ${find}`);
  throw mistake(
    `${cluster}: ${unknown.length === 1 ? "a fact is" : `${unknown.length} facts are`} not known yet; set in the config of the stack\n${lines.join("\n")}`,
  );
}

function isSet(key: string): boolean {
  const [namespace = "", path = ""] = key.split(":");
  const [name = "", ...rest] = path.split(".");
  const config = new pulumi.Config(namespace);
  const text = config.get(name);
  if (rest.length === 0 || text === undefined) return text !== undefined && text !== "";
  const found = rest.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === "object" ? (value as Record<string, unknown>)[step] : undefined,
    config.getObject(name),
  );
  return found !== undefined && found !== "";
}
