import { wire } from "../../pve";
import { declaredTwice } from "../checks/declared-twice";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import type { OsdFacts } from "./ceph-osd";
import { acceptsLoss, cephOsdModel, type CephOsdInputs } from "./ceph-osd.model";
import { osdMetadata, osdUsage, setDeviceClass, sshProblems } from "./over-ssh";
import { bringOsds } from "./osd/bring-osds";
import { lookAtDisk, tooFew, untilUp } from "./osd/make-osds";
import { describeDisk, findDisk, type NodeDisk } from "./osd/disk";
import { assertThisCeph, isSame, readDisks, readMap, type OsdVolume } from "./osd/osd-map";
import { removeOsds } from "./osd/drain";
import { removeNote } from "./osd/creation-note";
import { describeLeft, lookForLeft } from "./osd/look-for-left";
import { refuseUnrecorded, removeRest } from "./osd/resume";
import { hasNeverRun } from "./osd/unfinished";
import { previewDisk, previewRemoval } from "./osd/osd-preview";
import { makeReplacements, whyNoSuccessor } from "./osd/successor";
import { fateOfOld, whyRetained } from "./osd/retained";
import { treeOsds } from "./osd/tree";
import { HostTurns } from "./osd/host-turns";

interface CephOsdOutputs {
  readonly node: string;
  readonly diskSerial: string;
  /** Of the Ceph that they are OSDs of. */
  readonly fsid: string;
  readonly osdIds: readonly number[];
  readonly osds: readonly OsdFacts[];
  /** Serial number of the disk for which `wipe` has done what it may do. */
  readonly __wiped?: string | undefined;
}

const makeTurns = () => new HostTurns();
const turnsOf = (pve: Pve) => pve.memory("ceph: turns of hosts", makeTurns);
/** How long the turn of a host goes on for the OSDs of a new disk to be begun; they are the engine's next step. */
const successorMs = 60_000;

export const cephOsdProvider = (session: Session) => {
  /** Whoever sees all guests of the node: root of the cluster, and of a machine that is still to join its own. */
  async function rootAt(call: Call, pve: Pve, node: string): Promise<Pve | undefined> {
    const root = await session.root(call);
    if ((await root.snapshot.nodes()).some((row) => row.node === node)) return root;
    return pve.process.user === "root@pam" ? pve : undefined;
  }

  return define<CephOsdInputs, CephOsdOutputs>(
    {
      kind: "CephOsd",
      model: cephOsdModel,
      outputs: ["node", "diskSerial", "fsid", "osdIds", "osds", "__wiped"],
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
        ];
        if (was && was.node === node && was.serial === serial && was.byId === byId) return problems;
        const rootless = session.rootProblems("making and removing OSDs");
        problems.push(...rootless);
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        const without = sshProblems(pve, "telling OSDs apart");
        const root = rootless.length === 0 ? await rootAt(call, pve, node) : undefined;
        const canAsk = (await pve.process.ssh?.canLogIn()) === true;
        if (!canAsk && without.length === 0) problems.push(withoutLogin(node));
        const access = canAsk && root ? { pve, root } : undefined;
        const old = was && fateOfOld(was, call.inputs);
        const onDisk = await previewDisk({ pve, access }, call, inputs, node, was && old ? { was, old } : undefined);
        if (!was || !access || was.node !== node || (old && "stay" in old && old.stay))
          return [...problems, ...without, ...onDisk];
        return [...problems, ...onDisk, ...(await previewRemoval(access, call, was, inputs, node))];
      },
      async lookup(call, id) {
        const [, node = "", serial = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
        if (serial === "")
          throw new Error(`write node and serial number of the disk, such as echo/S7KGNJ0W, not ${id}`);
        const pve = await session.node(call, node);
        const { disk, blocks } = await lookAtDisk(pve, call, node, { serial });
        if (blocks.length === 0) throw new Error(`there is no OSD on ${describeDisk(disk)} of node ${node}`);
        const known = outputsOf(node, disk, blocks, blocks[0]?.fsid ?? "");
        return { id, outputs: { ...known, osds: await factsOf(pve, call, node, known.osds) } };
      },
      /** Another name for the same disk changes nothing. */
      async refine(call, changes, at, { wanted }) {
        const replacing = session.memory("ceph: disks that give way to others", makeReplacements);
        replacing.delete(call.urn);
        if (!changes.some(isNaming) || changes.some(({ path }) => path === "node")) return changes;
        const found = findDisk(await readDisks(await session.node(call, at.node), at.node), wanted, at.node);
        if ("problem" in found || found.disk.serial !== at.diskSerial) {
          replacing.set(call.urn, { next: wanted, retained: call.inputs["__retained"] === true, begun: false });
          return changes;
        }
        return changes.map((change) =>
          change.path === "serial" || change.path === "byId" ? { ...change, effect: "live" } : change,
        );
      },
      /** The new disk takes the place of the old one, and its OSDs get the ids that the old ones leave. */
      oldGoesFirst: (changes) => changes.some((change) => isNaming(change) && change.effect === "replace"),
      async due(call, at, wanted) {
        if (at.osds.length > 0) return undefined;
        await sayLeft(await session.node(call, at.node), call, at, wanted);
        return "its OSDs are not there; they will be made";
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        const map = await readMap(pve, call, at.node);
        assertThisCeph(map, at);
        const mine = at.osds.filter((osd) => isSame(map, osd));
        const started = mine.filter(({ uuid }) => !map.osds.some((osd) => osd.uuid === uuid && hasNeverRun(osd)));
        if (started.length < (wanted.osdsPerDevice ?? 1)) await sayLeft(pve, call, at, wanted);
        // Ceph's own list, which is whole, has none of them. That wipe has done its work is not forgotten with them.
        if (mine.length === 0)
          return at.__wiped === undefined ? undefined : { inputs: wanted, outputs: { ...at, osdIds: [], osds: [] } };
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
        const replacing = session.memory("ceph: disks that give way to others", makeReplacements);
        const successor = replacing.get(call.urn);
        if (successor) successor.begun = true;
        // Proxmox makes them one after the other on a node, and gives up waiting for the one before.
        try {
          const brought = await pve.limits([`ceph-osd:${node}`], call, () =>
            bringOsds({ pve, root }, call, inputs, undefined, (found, on, wiped, ceph) =>
              made(id(found), outputsOf(node, found, on, ceph, wiped)),
            ),
          );
          const { disk, blocks, fsid, takenOver, noted } = brought;
          // They boot while those of the node's next disk are made.
          await untilUp(pve, call, node, blocks);
          if (noted) await removeNote(pve, call, node, disk.serial);
          const known = outputsOf(node, disk, blocks, fsid, inputs.wipe?.serial);
          const osds = await factsOf(pve, call, node, known.osds);
          const verb = takenOver ? "took over " : "";
          call.report.result(`${verb}${osds.map((osd) => `osd.${osd.id}`).join(", ")} on ${describeDisk(disk)}`);
          return { id: id(disk), at: { ...known, osds } };
        } finally {
          successor?.leave?.();
          replacing.delete(call.urn);
        }
      },
      async sync(call, before, inputs, _was, creating) {
        const { node } = before;
        const pve = await session.node(call, node);
        const count = inputs.osdsPerDevice ?? 1;
        // A creation that was cut off is gone on with from what is on the disk, whatever of it was recorded.
        const resumes = creating && call.operation === "update";
        const at =
          before.osds.length > 0 && !resumes
            ? { ...before, __wiped: before.__wiped ?? inputs.wipe?.serial }
            : await makeAgain(pve, call, before, inputs);
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
        const access = { pve: await session.node(call, node), root: await session.root(call) };
        const acceptLoss = acceptsLoss(settings, osds);
        const replaced = session.memory("ceph: disks that give way to others", makeReplacements).get(call.urn);
        if (replaced?.retained) throw new Error(whyRetained(diskSerial));
        const successor = replaced && (() => whyNoSuccessor(access, call, replaced.next, node));
        await refuseUnrecorded(access, call, at);
        const removal = { node, diskSerial, osds, fsid, acceptLoss, successor };
        const leave = await removeOsds(access, call, removal, turnsOf(access.pve));
        try {
          await removeRest(access, call, at);
        } catch (error) {
          leave();
          throw error;
        }
        if (!replaced) return leave();
        // One host at a time: the next one waits until the new disk has its OSDs, as long as the engine goes on to make them.
        replaced.leave = leave;
        const { clock } = access.pve.process.connection;
        void clock.sleep(successorMs).then(() => {
          if (!replaced.begun) leave();
        });
      },
    },
    session,
  );

  /** What will be done about a creation that was cut off, said where its resource is looked at. */
  async function sayLeft(pve: Pve, call: Call, at: CephOsdOutputs, wanted: Partial<CephOsdInputs>): Promise<void> {
    const { node, diskSerial } = at;
    if (!pve.process.ssh || session.rootProblems("looking at what guests have").length > 0) return;
    if (!(await readDisks(pve, node)).some(({ serial }) => serial === diskSerial)) return;
    const left = await lookForLeft({ pve, root: await session.root(call) }, call, node, { serial: diskSerial });
    const words = left && describeLeft(call, left, wanted.osdsPerDevice ?? 1);
    if (words !== undefined) call.report.warn(words);
  }

  /** What the state names is gone, or was never made after its disk was wiped: the disk has to be free now. */
  async function makeAgain(pve: Pve, call: Call, at: CephOsdOutputs, inputs: CephOsdInputs): Promise<CephOsdOutputs> {
    const { node, fsid } = at;
    const serial = at.__wiped ?? at.diskSerial;
    const access = { pve, root: await session.root(call) };
    const { disk, blocks, noted } = await pve.limits([`ceph-osd:${node}`], call, () =>
      bringOsds(access, call, inputs, { serial, fsid }, () => undefined),
    );
    await untilUp(pve, call, node, blocks);
    if (noted) await removeNote(pve, call, node, disk.serial);
    return outputsOf(node, disk, blocks, fsid, serial);
  }
};

const withoutLogin = (node: string): Problem => ({
  path: "node",
  message: `no way to log in to ${node} by SSH: of its disks only what Proxmox's API tells is known, and of its OSDs not whether they may go`,
  lacking: true,
});

const isNaming = ({ path }: { readonly path: string }): boolean => path === "serial" || path === "byId";

/** What is known before Ceph has onDisk more. */
const outputsOf = (
  node: string,
  disk: NodeDisk,
  blocks: readonly OsdVolume[],
  fsid: string,
  wiped?: string,
): CephOsdOutputs => ({
  ...{ node, diskSerial: disk.serial, fsid, __wiped: wiped },
  osdIds: blocks.map(({ id }) => id),
  osds: blocks.map(({ id, uuid, sizeBytes }) => ({
    ...{ id, uuid, host: node, deviceClass: undefined, sizeBytes, up: false, in: false },
  })),
});

/**
 * What Ceph tells of OSDs; sizes are those of their volumes. Where they run their daemons have told: a bucket of CRUSH may have any
 * name. Those that have never run told nothing.
 */
async function factsOf(pve: Pve, call: Call, node: string, osds: readonly OsdFacts[]): Promise<OsdFacts[]> {
  const tree = treeOsds(await osdUsage(pve, call, node));
  const metadata = await osdMetadata(pve, call, node);
  return osds.map((osd) => {
    const found = tree.find(({ id }) => id === osd.id);
    return {
      ...{ id: osd.id, uuid: osd.uuid, sizeBytes: osd.sizeBytes },
      host: wire.string(metadata.find(({ id }) => id === osd.id)?.["hostname"]) ?? osd.host,
      deviceClass: found?.deviceClass,
      up: found?.up ?? false,
      in: found?.in ?? false,
    };
  });
}
