import type { World } from "../world/world.js";
import { emptyWorld, install } from "./standalone.js";

const GiB = 2 ** 30;

/** `count` standalone nodes pve1, pve2, ... as the installer leaves them, with local-lvm. All values are invented. */
export function empty(count: number): World {
  const world = emptyWorld();
  for (let number = 1; number <= count; number++) {
    const { node, cluster } = install(world, {
      name: `pve${number}`,
      domain: "example.test",
      address: `10.11.0.${10 + number}`,
      prefix: 24,
      gateway: "10.11.0.1",
      password: "simulator",
      ports: ["eno1", "eno2"],
    });
    node.hardware.storage = { volumeGroups: { pve: { size: 400 * GiB, thinPools: { data: 300 * GiB } } } };
    cluster.storages["local-lvm"] = { type: "lvmthin", thinpool: "data", vgname: "pve", content: "rootdir,images" };
  }
  return world;
}
