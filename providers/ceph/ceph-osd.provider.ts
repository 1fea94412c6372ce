import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import type { OsdFacts } from "./ceph-osd";
import { acceptsLoss, cephOsdModel, type CephOsdInputs } from "./ceph-osd.model";
import { osdUsage, setDeviceClass, sshProblems } from "./over-ssh";
import { createOsds, differences, lookAtDisk, refuseForeign, tooFew, untilUp } from "./osd/make-osds";
import { describeDisk, findDisk, whyInUse, whyNoJournal, type NodeDisk } from "./osd/disk";
import { assertThisCeph, isSame, readDisks, readMap, type OsdVolume } from "./osd/osd-map";
import { removeOsds } from "./osd/drain";
import { treeOsds } from "./osd/tree";

interface CephOsdOutputs {
  readonly node: string;
  readonly diskSerial: string;
  /** Of the Ceph that they are OSDs of. */
  readonly fsid: string;
  readonly osdIds: readonly number[];
  readonly osds: readonly OsdFacts[];
}

export const cephOsdProvider = (session: Session) => {
  return define<CephOsdInputs, CephOsdOutputs>(
    {
      kind: "CephOsd",
      model: cephOsdModel,
      outputs: ["node", "diskSerial", "fsid", "osdIds", "osds"],
      timeouts: { create: "1h", update: "10m", delete: "24h", read: "5m" },
      async inspect(call, inputs, was) {
        const { node, serial, byId } = inputs;
        if (node === undefined || (serial === undefined && byId === undefined)) return [];
        const named = serial === undefined ? `disk ${byId}` : `the disk with serial ${serial}`;
        const problems = [
          ...declaredTwice(
            session,
            call,
            serial === undefined ? "byId" : "serial",
            `${named} belongs to`,
            `OSDs of ${node}/${serial ?? byId}`,
          ),
          ...session.rootProblems("making and removing OSDs"),
        ];
        if (was && was.node === node && was.serial === serial && was.byId === byId) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        const without = sshProblems(pve, "telling OSDs apart");
        return [...problems, ...without, ...(await tellOfDisk(pve, call, inputs, node, without.length === 0))];
      },
      async lookup(call, id) {
        const [, node = "", serial = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
        if (serial === "")
          throw new Error(`write node and serial number of the disk, such as echo/S7KGNJ0W, not ${id}`);
        const pve = await session.node(call, node);
        const { disk, blocks } = await lookAtDisk(pve, call, node, { serial });
        if (blocks.length === 0) throw new Error(`there is no OSD on ${describeDisk(disk)} of node ${node}`);
        const known = outputsOf(node, disk, blocks);
        return { id, outputs: { ...known, osds: await factsOf(pve, call, node, known.osds) } };
      },
      /** Another name for the same disk changes nothing. */
      async refine(call, changes, at, { wanted }) {
        const naming = changes.some(({ path }) => path === "serial" || path === "byId");
        if (!naming || changes.some(({ path }) => path === "node")) return changes;
        const found = findDisk(await readDisks(await session.node(call, at.node), at.node), wanted, at.node);
        if ("problem" in found || found.disk.serial !== at.diskSerial) return changes;
        return changes.map((change) =>
          change.path === "serial" || change.path === "byId" ? { ...change, effect: "live" } : change,
        );
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        const map = await readMap(pve, call, at.node);
        assertThisCeph(map, at);
        const mine = at.osds.filter((osd) => isSame(map, osd));
        // Ceph's own list, which is whole, has none of them.
        if (mine.length === 0) return undefined;
        const osds = await factsOf(pve, call, at.node, mine);
        const wrong = osds.filter(({ up, in: isIn }) => !up || !isIn);
        for (const { id, up, in: isIn } of wrong)
          call.report.warn(
            `osd.${id} on node ${at.node} is ${[...(up ? [] : ["down"]), ...(isIn ? [] : ["out"])].join(" and ")}`,
          );
        const classes = [...new Set(osds.map(({ deviceClass }) => deviceClass ?? ""))];
        return {
          inputs: {
            ...wanted,
            node: at.node,
            ...(wanted.serial === undefined ? {} : { serial: at.diskSerial }),
            ...(wanted.osdsPerDevice === undefined && mine.length === 1 ? {} : { osdsPerDevice: mine.length }),
            ...(classes.join() === "" ? {} : { deviceClass: classes.join() }),
          },
          outputs: { ...at, osdIds: mine.map(({ id }) => id), osds },
        };
      },
      async ensure(call, inputs, made) {
        const { node } = inputs;
        const [pve, root] = [await session.node(call, node), await session.root(call)];
        const id = (disk: NodeDisk): string => `${node}/${disk.serial}`;
        // Proxmox makes them one after the other on a node, and gives up waiting for the one before.
        return pve.limits([`ceph-osd:${node}`], call, async () => {
          const before = await lookAtDisk(pve, call, node, inputs);
          if (before.blocks.length > 0) await refuseForeign(pve, call, inputs, node, before.disk, before.blocks);
          else
            await createOsds({ pve, root }, call, inputs, (disk, blocks) =>
              made(id(disk), outputsOf(node, disk, blocks)),
            );
          // The kernel's name was to be right before; it says nothing of what is there now.
          const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: before.disk.serial });
          const known = outputsOf(node, disk, blocks);
          made(id(disk), known);
          await untilUp(pve, call, node, known.osds);
          const osds = await factsOf(pve, call, node, known.osds);
          const verb = before.blocks.length > 0 ? "took over " : "";
          call.report.result(`${verb}${osds.map((osd) => `osd.${osd.id}`).join(", ")} on ${describeDisk(disk)}`);
          return { id: id(disk), at: { ...known, osds } };
        });
      },
      async sync(call, at, inputs, _was, creating) {
        const { node } = at;
        const pve = await session.node(call, node);
        const count = inputs.osdsPerDevice ?? 1;
        if (creating && at.osds.length !== count) {
          const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: at.diskSerial });
          if (blocks.length !== count) throw new Error(tooFew(disk, blocks, count));
        }
        const { deviceClass } = inputs;
        if (deviceClass === undefined) return at;
        const map = await readMap(pve, call, node);
        assertThisCeph(map, at);
        const mine = at.osds.filter((osd) => isSame(map, osd));
        const ids = (await factsOf(pve, call, node, mine))
          .filter((osd) => osd.deviceClass !== deviceClass)
          .map(({ id }) => id);
        if (ids.length === 0) return at;
        await call.safePoint();
        call.report.progress(`giving ${ids.map((id) => `osd.${id}`).join(", ")} class ${deviceClass}`);
        await setDeviceClass(pve, call, node, ids, deviceClass);
        return at;
      },
      async remove(call, at, settings) {
        const { node, diskSerial, osds, fsid } = at;
        const [pve, root] = [await session.node(call, node), await session.root(call)];
        const acceptLoss = acceptsLoss(settings, osds);
        call.report.progress("waiting for its turn: the OSDs of one disk go after those of another");
        // What would be left is judged without those that are going: two at once would each count on the other.
        await pve.limits(["ceph-osd:removal"], call, () =>
          removeOsds({ pve, root }, call, { node, diskSerial, osds, fsid, acceptLoss }),
        );
      },
    },
    session,
  );
};

/** What is known before Ceph has told more. */
const outputsOf = (node: string, disk: NodeDisk, blocks: readonly OsdVolume[]): CephOsdOutputs => ({
  node,
  diskSerial: disk.serial,
  fsid: blocks[0]?.fsid ?? "",
  osdIds: blocks.map(({ id }) => id),
  osds: blocks.map(({ id, uuid, sizeBytes }) => ({
    ...{ id, uuid, host: node, deviceClass: undefined, sizeBytes, up: false, in: false },
  })),
});

/** What Ceph tells of OSDs; sizes are those of their volumes. */
async function factsOf(pve: Pve, call: Call, node: string, osds: readonly OsdFacts[]): Promise<OsdFacts[]> {
  const tree = treeOsds(await osdUsage(pve, call, node));
  return osds.map((osd) => {
    const found = tree.find(({ id }) => id === osd.id);
    return {
      ...{ id: osd.id, uuid: osd.uuid, sizeBytes: osd.sizeBytes },
      host: found?.within["host"] ?? osd.host,
      deviceClass: found?.deviceClass,
      up: found?.up ?? false,
      in: found?.in ?? false,
    };
  });
}

/** Before anything is done: which disk it is, and what is on it. */
async function tellOfDisk(
  pve: Pve,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  ssh: boolean,
): Promise<Problem[]> {
  try {
    const disks = await readDisks(pve, node);
    const found = findDisk(disks, inputs, node);
    if ("problem" in found) return [{ path: found.field, message: found.problem }];
    const { disk } = found;
    const path = inputs.serial === undefined ? "byId" : "serial";
    if (disk.osdIds.length > 0) {
      call.report.result(`${describeDisk(disk)}: taken over as it is`);
      if (!ssh) return [];
      const { blocks } = await lookAtDisk(pve, call, node, { serial: disk.serial });
      const other = differences(inputs, blocks);
      if (other.length === 0) return [];
      return [
        {
          path,
          message: `the OSDs on the disk are other ones than described: ${other.join("; ")}. Describe them as they are`,
        },
      ];
    }
    const used = whyInUse(disk, node);
    if (used !== undefined) return [{ path, message: used }];
    const count = inputs.osdsPerDevice ?? 1;
    call.report.result(`${describeDisk(disk)}: becomes ${count === 1 ? "an OSD" : `${count} OSDs`}`);
    return [
      ...ofJournal(disks, "dbDevice", inputs.dbDevice, node),
      ...ofJournal(disks, "walDevice", inputs.walDevice, node),
    ];
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return [{ path: "node", message: `its disks cannot be read: ${error.message}` }];
  }
}

function ofJournal(
  disks: readonly NodeDisk[],
  field: "dbDevice" | "walDevice",
  wanted: CephOsdInputs["dbDevice"],
  node: string,
): Problem[] {
  if (!wanted) return [];
  const found = findDisk(disks, wanted, node);
  if ("problem" in found) return [{ path: `${field}.${found.field}`, message: found.problem }];
  const why = whyNoJournal(found.disk, node);
  return why === undefined ? [] : [{ path: field, message: why }];
}
