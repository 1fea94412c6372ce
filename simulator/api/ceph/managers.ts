import type { Call, Json, Routes } from "../../call.js";
import { Ceph, cephOn } from "../../ceph/ceph.js";
import { mgrMetadata } from "../../ceph/commands/managers.js";
import { grant } from "../../ceph/keys.js";
import { checkInited, checkInstalled, connect, waiting } from "../../ceph/rados.js";
import { settle } from "../../ceph/settle.js";
import { die } from "../../errors.js";

const directory = (id: string): string => `/var/lib/ceph/mgr/ceph-${id}`;

/** `/nodes/{node}/ceph/mgr` (PVE/API2/Ceph/MGR.pm). */
export const managerRoutes: Routes = {
  "GET /nodes/{node}/ceph/mgr": (call) => {
    checkInited(call);
    return managerRows(connect(call).ceph);
  },

  "POST /nodes/{node}/ceph/mgr/{id}": (call) => {
    checkInstalled(call.node, "/usr/bin/ceph-mgr");
    checkInited(call);
    return createManager(call, call.text("id"));
  },

  "DELETE /nodes/{node}/ceph/mgr/{id}": (call) => {
    checkInited(call);
    const id = call.text("id");
    return call.task(
      "cephdestroymgr",
      `mgr.${id}`,
      waiting(function* (task) {
        if (!cephOn(call.node).mgrs[id]) throw die(`ceph manager directory '${directory(id)}' not found`);
        yield 500;
        task.log(`disabling service 'ceph-mgr@${id}.service'`);
        task.log(`Removed '/etc/systemd/system/ceph-mgr.target.wants/ceph-mgr@${id}.service'.`);
        task.log(`stopping service 'ceph-mgr@${id}.service'`);
        task.log(`removing manager directory '${directory(id)}'`);
        delete cephOn(call.node).mgrs[id];
        task.log(`removing authkeys for mgr.${id}`);
        connect(call, 5).json("auth del", { entity: `mgr.${id}` });
      }),
    );
  },
};

function managerRows(ceph: Ceph): Json[] {
  const { mgr } = ceph.cluster;
  const metadata = mgrMetadata(ceph);
  return ceph.nodes.flatMap((node) =>
    Object.keys(node.ceph?.mgrs ?? {}).map((name) => {
      const about = metadata.find((each) => each["name"] === name);
      const state = name === mgr.active ? "active" : mgr.standbys.includes(name) ? "standby" : "stopped";
      return {
        ...{ name, host: node.name, direxists: true, service: true, state },
        ...(about
          ? {
              ...{ addr: about["addr"] ?? null, ceph_version: about["ceph_version"] ?? null },
              ceph_version_short: about["ceph_version_short"] ?? null,
            }
          : {}),
      };
    }),
  );
}

export function createManager(call: Call, id: string): string {
  return call.task(
    "cephcreatemgr",
    `mgr.${id}`,
    waiting(function* (task) {
      const own = cephOn(call.node);
      if (own.mgrs[id]) throw die(`ceph manager directory '${directory(id)}' already exists`);
      const { ceph } = connect(call);
      task.log(`creating manager directory '${directory(id)}'`);
      task.log(`creating keys for 'mgr.${id}'`);
      grant(ceph.cluster, call.world, `mgr.${id}`, { mds: "allow *", mon: "allow profile mgr", osd: "allow *" });
      task.log("setting owner for directory");
      yield 500;
      task.log(`enabling service 'ceph-mgr@${id}.service'`);
      task.log(
        `Created symlink '/etc/systemd/system/ceph-mgr.target.wants/ceph-mgr@${id}.service' -> '/usr/lib/systemd/system/ceph-mgr@.service'.`,
      );
      task.log(`starting service 'ceph-mgr@${id}.service'`);
      own.mgrs[id] = { running: true, enabled: true, since: call.clock.now() };
      settle(ceph);
    }),
  );
}
