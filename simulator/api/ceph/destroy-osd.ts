import type { Call } from "../../call.js";
import { cephOn } from "../../ceph/ceph.js";
import { zap } from "../../ceph/ceph-volume.js";
import { hostOf } from "../../ceph/crush.js";
import { isIn } from "../../ceph/osdmap.js";
import { checkInited, connect, longTimeout, waiting } from "../../ceph/rados.js";
import { settle } from "../../ceph/settle.js";
import { commandDaemons, daemonsOf } from "../../ceph/units.js";
import { osdVolumes } from "../../ceph/osd-volumes.js";
import { die } from "../../errors.js";

/** `DELETE /nodes/{node}/ceph/osd/{osdid}`: whether the OSD is safe to destroy is never asked (FACT 7). */
export function destroyOsd(call: Call): string {
  checkInited(call);
  const id = call.text("osdid");
  const { ceph } = connect(call);
  const { osdmap } = ceph.cluster;
  if (hostOf(osdmap.crush, Number(id)) !== call.node.name)
    throw die(
      `OSD osd.${id} does not belong to node ${call.node.name}! at /usr/share/perl5/PVE/API2/Ceph/OSD.pm line 1008.`,
    );
  const osd = osdmap.osds[id];
  if (!osd) throw die(`no such OSD '${id}'`);
  if (isIn(osd)) throw die("osd is in use (in == 1)");
  if (osd.up) throw die("osd is still running (up == 1)");
  return call.task(
    "cephdestroyosd",
    `osd.${id}`,
    waiting(function* (task) {
      const rados = connect(call, longTimeout);
      task.log(`destroy OSD osd.${id}`);
      commandDaemons(daemonsOf(call.node, `ceph-osd@${id}`) ?? [], "stop", call.clock.now());
      yield 300;
      task.log(`Remove osd.${id} from the CRUSH map`);
      rados.plain("osd crush remove", { name: `osd.${id}` });
      task.log(`Remove the osd.${id} authentication key.`);
      rados.plain("auth del", { entity: `osd.${id}` });
      task.log(`Remove OSD osd.${id}`);
      rados.plain("osd rm", { ids: [`osd.${id}`] });
      task.log(`Remove osd.${id} mclock max capacity iops settings from config`);
      for (const kind of ["ssd", "hdd"])
        rados.json("config rm", { who: `osd.${id}`, name: `osd_mclock_max_capacity_iops_${kind}` });
      yield 500;
      delete cephOn(call.node).osds[id];
      const found = osdVolumes(call.node).filter(
        ({ volume, device }) => volume.tags?.["ceph.osd_id"] === id && !device?.disk.dead,
      );
      if (found.length === 0) {
        task.log(`Unmount OSD osd.${id} from  /var/lib/ceph/osd/ceph-${id}`);
        task.log(`umount: /var/lib/ceph/osd/ceph-${id}: not mounted.`);
        task.log(`command '/bin/umount /var/lib/ceph/osd/ceph-${id}' failed: exit code 32`);
        return;
      }
      const failing = call.simulation.faults.standing("disk-dead").filter(({ node }) => node === call.node.name);
      if (found.some(({ device }) => failing.some(({ serial }) => serial === device?.disk.serial))) {
        // what cannot be cleaned up is only told (FACT 7)
        task.log(
          `command 'ceph-volume lvm zap --osd-id ${id}${call.flag("cleanup") ? " --destroy" : ""}' failed: exit code 1`,
        );
        return;
      }
      for (const line of zap(rados.ceph, call.node, found, call.flag("cleanup"))) task.log(line);
      settle(rados.ceph);
    }),
  );
}
