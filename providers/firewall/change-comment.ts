import { sameComment } from "../kernel/named.model";
import type { Call } from "../kernel/call/call";
import type { Located } from "./firewall-calls";

/** A security group or an IP set, as its list tells it. */
interface Commented {
  readonly name: string;
  readonly comment: string | undefined;
  readonly digest: string | undefined;
}

interface CommentChange {
  readonly what: string;
  /** Its list in the API, and the parameter by which that names it. */
  readonly list: "groups" | "ipset";
  readonly key: "group" | "name";
  readonly wanted: string | undefined;
  readonly was: string | undefined;
  find(): Promise<Commented | undefined>;
}

/** Proxmox changes a comment as it renames: to the name that it has. What was set and is no longer set is cleared. */
export async function changeComment(
  call: Call,
  where: Located,
  { what, list, key, wanted, was, find }: CommentChange,
): Promise<void> {
  const comment = wanted ?? (was === undefined ? undefined : "");
  const missing = async () => {
    const live = await find();
    if (!live || comment === undefined || sameComment(live.comment, comment)) return undefined;
    const { name, digest } = live;
    return { [key]: name, rename: name, comment, ...(digest === undefined ? {} : { digest }) };
  };
  if (!(await missing())) return;
  await where.pve.write(call, {
    what,
    lock: where.lock,
    send: async () => {
      const sent = await missing();
      if (sent) await where.at(list).$post(sent);
    },
    happened: async () => (await missing()) === undefined,
  });
}
