import type { Ceph } from "../ceph.js";
import { quorumOf } from "../monitor-quorum.js";
import { authenticationCommands } from "./auth.js";
import { hole, refused, type Answer, type Args, type Commands } from "./command.js";
import { configurationCommands } from "./configuration.js";
import { crushCommands } from "./crush.js";
import { crushRefusals } from "./crush-refusals.js";
import { fileSystemCommands } from "./filesystems.js";
import { flagCommands } from "./flags.js";
import { managerCommands } from "./managers.js";
import { monitorCommands } from "./monitors.js";
import { osdDumpCommands } from "./osd-dump.js";
import { osdStateCommands } from "./osd-state.js";
import { osdTreeCommands } from "./osd-tree.js";
import { poolCommands } from "./pools.js";
import { spaceCommands } from "./df.js";
import { statusCommands } from "./status.js";
import { settle } from "../settle.js";

/** All commands that the simulator knows. */
export const commands: Commands = {
  ...statusCommands,
  ...monitorCommands,
  ...managerCommands,
  ...osdDumpCommands,
  ...osdTreeCommands,
  ...osdStateCommands,
  ...flagCommands,
  ...crushCommands,
  ...crushRefusals,
  ...poolCommands,
  ...spaceCommands,
  ...configurationCommands,
  ...authenticationCommands,
  ...fileSystemCommands,
};

/** One command to the cluster, as librados sends it: `{prefix, ...args, format}`. */
export function command(ceph: Ceph, prefix: string, args: Args = {}): Answer {
  const found = Object.hasOwn(commands, prefix) ? commands[prefix] : undefined;
  if (!found) return hole;
  const { mgr } = ceph.cluster;
  if (quorumOf(ceph).state === "lost") return { rc: -110, status: "timed out", hangs: true };
  if ((found.manager || found.module) && mgr.active === undefined) {
    if (found.module && !mgr.ever) return refused("EINVAL", "command not known");
    return { rc: -110, status: "timed out", hangs: true };
  }
  const answer = found.run(ceph, args);
  settle(ceph);
  return answer;
}
