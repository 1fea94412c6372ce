import type { World } from "../world/world.js";
import { emptyWorld, install } from "./standalone.js";

const GiB = 2 ** 30;

/**
 * The hosts alpha and bravo. Documented: their names, and that they are standalone. Invented, because it is not known:
 * everything else.
 */
export function nexus(): World {
  const world = emptyWorld();
  for (const [index, name] of ["alpha", "bravo"].entries()) {
    const { node, cluster } = install(world, {
      name,
      domain: "nexus.test",
      address: `198.51.100.${11 + index}`,
      prefix: 24,
      gateway: "198.51.100.1",
      password: "nexus-simulator",
      ports: ["eno1", "eno2"],
    });
    node.hardware.storage = { volumeGroups: { pve: { size: 400 * GiB, thinPools: { data: 300 * GiB } } } };
    cluster.storages["local-lvm"] = { type: "lvmthin", thinpool: "data", vgname: "pve", content: "rootdir,images" };
  }
  return world;
}
