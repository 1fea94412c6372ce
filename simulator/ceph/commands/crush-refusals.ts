import { bucketNamed } from "../crush.js";
import { hole, ok, refused, text, type Answer, type Args, type Commands } from "./command.js";

const wantsInteger = (args: Args): Answer =>
  typeof args["id"] === "number" ? hole : refused("EINVAL", "bad or missing field 'id'");

/** Changes of the map of which only the refusals are known; where one would be carried out, it is not built (recording 50). */
export const crushRefusals: Commands = {
  "osd crush class rename": {
    args: "srcname dstname",
    run: (ceph, args) => {
      const [from, to] = [text(args, "srcname"), text(args, "dstname")];
      if (Object.values(ceph.cluster.osdmap.crush.classes).includes(from)) return hole;
      return refused("ENOENT", `fail to rename '${from}' to '${to}' : (2) No such file or directory`);
    },
  },
  "osd crush rename-bucket": {
    args: "srcname dstname",
    run: (ceph, args) => {
      const name = text(args, "srcname");
      return bucketNamed(ceph.cluster.osdmap.crush, name)
        ? hole
        : refused("ENOENT", `srcname = '${name}' does not exist`);
    },
  },
  // both want an integer, and the command line makes one of osd.N (recording 50)
  "osd crush add": { args: "id# weight args*", run: (_ceph, args) => wantsInteger(args) },
  "osd crush set": { args: "id# weight args*", run: (_ceph, args) => wantsInteger(args) },
  "osd crush link": {
    args: "name args*",
    run: (ceph, args) => {
      const name = text(args, "name");
      return bucketNamed(ceph.cluster.osdmap.crush, name) ? hole : refused("ENOENT", `item ${name} does not exist`);
    },
  },
  "osd crush tunables": {
    args: "profile",
    run: (_ceph, args) => {
      const profile = text(args, "profile");
      if (profile === "optimal") return ok("adjusted tunables profile to optimal");
      const known = ["legacy", "argonaut", "bobtail", "firefly", "hammer", "jewel", "default"].includes(profile);
      return known ? hole : refused("EINVAL", `unrecognized profile '${profile}'`);
    },
  },
};
