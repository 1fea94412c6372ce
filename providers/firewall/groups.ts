import { wire } from "../../pve";
import { digestOf, type Located } from "./firewall-calls";

/** A security group, as the list of them tells it. */
export interface LiveGroup {
  readonly group: string;
  readonly comment: string | undefined;
  readonly digest: string | undefined;
}

/** All of them, by their names in small letters: Proxmox tells no capitals from them. */
export async function groupsOf({ at }: Located): Promise<ReadonlyMap<string, LiveGroup>> {
  const answer = await at("groups").$get();
  const { digest } = digestOf(answer);
  return new Map(
    wire.list(answer).flatMap((row) => {
      const group = wire.string(row["group"]);
      const comment = wire.string(row["comment"]);
      return group === undefined
        ? []
        : [[group.toLowerCase(), { group, comment, digest: wire.string(digest) }] as const];
    }),
  );
}
