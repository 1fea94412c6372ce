import type { Json, Routes } from "../../call.js";
import { Ceph, cephOn, filesOf } from "../../ceph/ceph.js";
import { setConf } from "../../ceph/conf.js";
import { mdsMetadata } from "../../ceph/commands/filesystems.js";
import { addressOf } from "../../ceph/daemon-metadata.js";
import { standbys } from "../../ceph/filesystems.js";
import { grant } from "../../ceph/keys.js";
import { checkInited, checkInstalled, connect, waiting } from "../../ceph/rados.js";
import { settle } from "../../ceph/settle.js";
import { die } from "../../errors.js";

const directory = (name: string): string => `/var/lib/ceph/mds/ceph-${name}`;

/** `/nodes/{node}/ceph/mds` (PVE/API2/Ceph/MDS.pm). */
export const metadataServerRoutes: Routes = {
  "GET /nodes/{node}/ceph/mds": (call) => {
    checkInited(call);
    return rows(connect(call).ceph);
  },

  "POST /nodes/{node}/ceph/mds/{name}": (call) => {
    const name = call.params["name"] ?? call.node.name;
    checkInstalled(call.node, "/usr/bin/ceph-mds");
    checkInited(call);
    if (/^\d/.test(name)) throw die("ID of the MDS cannot start with a number!");
    return call.task(
      "cephcreatemds",
      `mds.${name}`,
      waiting(function* (task) {
        const conf = filesOf(call.cluster).conf ?? {};
        const { ceph } = connect(call);
        if (conf[`mds.${name}`]) throw die(`MDS '${name}' already referenced in ceph config, abort!`);
        const own = cephOn(call.node);
        if (own.mdss[name]) throw die(`ceph MDS directory '${directory(name)}' already exists`);
        setConf(conf, "mds", { keyring: "/var/lib/ceph/mds/ceph-$id/keyring" });
        setConf(conf, `mds.${name}`, { host: call.node.name });
        task.log(`creating MDS directory '${directory(name)}'`);
        task.log(`creating keys for 'mds.${name}'`);
        grant(ceph.cluster, call.world, `mds.${name}`, { mds: "allow *", mon: "allow profile mds", osd: "allow rwx" });
        task.log("setting ceph as owner for service directory");
        yield 500;
        task.log(`enabling service 'ceph-mds@${name}.service'`);
        task.log(
          `Created symlink '/etc/systemd/system/ceph-mds.target.wants/ceph-mds@${name}.service' -> '/usr/lib/systemd/system/ceph-mds@.service'.`,
        );
        task.log(`starting service 'ceph-mds@${name}.service'`);
        own.mdss[name] = { running: true, enabled: true, since: call.clock.now() };
        settle(ceph);
      }),
    );
  },

  "DELETE /nodes/{node}/ceph/mds/{name}": (call) => {
    checkInited(call);
    const name = call.text("name");
    return call.task(
      "cephdestroymds",
      `mds.${name}`,
      waiting(function* (task) {
        const conf = filesOf(call.cluster).conf ?? {};
        delete conf[`mds.${name}`];
        const own = cephOn(call.node);
        const known = own.mdss[name] !== undefined;
        task.log(`disabling service 'ceph-mds@${name}.service'`);
        if (known) task.log(`Removed '/etc/systemd/system/ceph-mds.target.wants/ceph-mds@${name}.service'.`);
        task.log(`stopping service 'ceph-mds@${name}.service'`);
        yield 500;
        if (known) task.log(`removing ceph-mds directory '${directory(name)}'`);
        else task.log(`cannot cleanup MDS ${name} directory, '${directory(name)}' not found`);
        delete own.mdss[name];
        task.log(`removing ceph auth for 'mds.${name}'`);
        connect(call).json("auth del", { entity: `mds.${name}` });
      }),
    );
  },
};

function rows(ceph: Ceph): Json[] {
  const free = standbys(ceph);
  const metadata = mdsMetadata(ceph);
  return ceph.nodes.flatMap((node) =>
    Object.keys(node.ceph?.mdss ?? {}).map((name): Json => {
      const system = ceph.cluster.fs.filesystems.find(({ ranks }) => ranks.includes(name));
      const head = { name, host: node.name, direxists: true, service: true };
      if (!system && !free.includes(name)) return { ...head, addr: node.name, state: "stopped" };
      const about = metadata.find((each) => each["name"] === name) as Record<string, string> | undefined;
      return {
        ...head,
        ...{ addr: `${addressOf(ceph, node.name)}:6837/1`, standby_replay: false },
        ...{ rank: system ? system.ranks.indexOf(name) : -1, state: system ? "up:active" : "up:standby" },
        ...(system ? { fs_name: system.name } : {}),
        ...{ ceph_version: about?.["ceph_version"] ?? null, ceph_version_short: about?.["ceph_version_short"] ?? null },
      };
    }),
  );
}
