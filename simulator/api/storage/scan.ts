import type { Call, Json, Routes } from "../../call.js";
import { die } from "../../errors.js";

const lvs = (group: string) =>
  `command '/sbin/lvs --separator : --noheadings --units b --unbuffered --nosuffix --config ` +
  `'report/time_format="%s"' --options vg_name,lv_name,lv_size,lv_attr,pool_lv,data_percent,metadata_percent,` +
  `snap_percent,uuid,tags,metadata_size,time ${group}' failed: exit code 5`;

/** `/nodes/{node}/scan`: what could become a storage. */
export const scanRoutes: Routes = {
  "GET /nodes/{node}/scan": () => ["cifs", "iscsi", "lvm", "nfs", "pbs", "zfs"].map((method) => ({ method })),

  "GET /nodes/{node}/scan/nfs": (call) => {
    const server = call.text("server");
    const exports = served(call.world.storageServers?.nfs, `${server}:`);
    if (exports.length === 0) {
      throw die(`command '/sbin/showmount --no-headers --exports ${server}' failed: exit code 1`);
    }
    return exports.map((path) => ({ path, options: "*" }));
  },

  "GET /nodes/{node}/scan/cifs": (call) => {
    const server = call.text("server");
    const shares = served(call.world.storageServers?.cifs, `//${server}/`);
    if (shares.length === 0)
      throw die(`command '/usr/bin/smbclient -d 0 -L ${server} -U Guest -N' failed: exit code 1`);
    return shares.map((share) => ({ share, description: "" }));
  },

  "GET /nodes/{node}/scan/pbs": (call) => {
    const server = call.text("server");
    const stores = served(call.world.storageServers?.pbs, `${server}:`);
    if (stores.length === 0) {
      const address = `${server}:${call.params["port"] ?? "8007"}`;
      throw die(`error fetching datastores - 500 Can't connect to ${address} (Connection refused)`);
    }
    return stores.map((store) => ({ store }));
  },

  "GET /nodes/{node}/scan/iscsi": (call) => {
    if (call.world.storageServers?.iscsi?.[call.text("portal")] === undefined) return [];
    return [{ target: `iqn.2026-01.test:${call.text("portal")}`, portal: call.text("portal") }];
  },

  "GET /nodes/{node}/scan/lvm": (call) => Object.keys(groups(call)).map((vg) => ({ vg })),

  "GET /nodes/{node}/scan/lvmthin": (call) => {
    const group = groups(call)[call.text("vg")];
    if (!group) throw die(lvs(call.text("vg")));
    return Object.keys(group.thinPools ?? {}).map((lv) => ({ lv }));
  },

  "GET /nodes/{node}/scan/zfs": (call): Json => {
    const pools = call.node.hardware.storage?.zfsPools;
    if (!pools) {
      const command = "zfs list -t filesystem -Hp -o name,avail,used";
      const where = "No such file or directory at /usr/share/perl5/PVE/Cmd.pm line 174.";
      throw die(`command '${command}' failed: open3: exec of ${command} failed: ${where}`);
    }
    return Object.entries(pools).map(([pool, size]) => ({ pool, size, free: size }));
  },
};

function groups(call: Call) {
  return call.node.hardware.storage?.volumeGroups ?? {};
}

function served(offers: Readonly<Record<string, number>> | undefined, prefix: string): string[] {
  return Object.keys(offers ?? {}).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
