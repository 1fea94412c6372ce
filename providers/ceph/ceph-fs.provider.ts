import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { cephFsModel, type CephFsInputs } from "./ceph-fs.model";
import { metadataServers } from "./ceph-mds.provider";
import { readHealth, untilHealthy } from "./ceph-health";
import { failFileSystem, removeFileSystem, sshProblems } from "./over-ssh";
import { assertFsid, readFsid, readPools } from "./pools/pool-rows";
import { ifThere } from "./readiness";

interface CephFsState {
  readonly name: string;
  readonly node: string;
  readonly fsid: string;
  readonly dataPool: string;
  readonly metadataPool: string;
  /** Numbers of its pools, which no other pool gets. */
  readonly dataPoolId: number;
  readonly metadataPoolId: number;
}

interface FileSystem {
  readonly name: string;
  readonly metadataPool: string;
  readonly metadataPoolId: number;
  readonly dataPools: readonly { name: string; id: number }[];
}

async function readFileSystems(pve: Pve, node: string): Promise<FileSystem[]> {
  const answer: unknown = await pve.api.nodes.$(node).ceph.fs.$get();
  if (!Array.isArray(answer)) throw new Error("the answer to what file systems there are is no list");
  return wire.list(answer).map((row) => {
    const [name, metadataPool] = [wire.string(row["name"]), wire.string(row["metadata_pool"])];
    const [id, ids] = [wire.integer(row["metadata_pool_id"]), row["data_pool_ids"]];
    if (name === undefined || metadataPool === undefined || id === undefined || !Array.isArray(ids))
      throw new Error("the answer to what file systems there are is not whole; nothing was changed");
    const names = wire.strings(row["data_pools"]);
    return {
      ...{ name, metadataPool, metadataPoolId: id },
      dataPools: ids.map((each, at) => ({ id: Number(each), name: names[at] ?? "" })),
    };
  });
}

const stateOf = (name: string, node: string, fsid: string, found: FileSystem): CephFsState => ({
  ...{ name, node, fsid, metadataPool: found.metadataPool, metadataPoolId: found.metadataPoolId },
  ...{ dataPool: found.dataPools[0]?.name ?? "", dataPoolId: found.dataPools[0]?.id ?? -1 },
});

const isSame = (at: CephFsState) => (one: FileSystem) =>
  one.name === at.name && one.metadataPoolId === at.metadataPoolId;

export const cephFsProvider = (session: Session) => {
  return define<CephFsInputs, CephFsState>(
    {
      kind: "CephFs",
      model: cephFsModel,
      outputs: ["name", "node", "fsid", "dataPool", "metadataPool", "dataPoolId", "metadataPoolId"],
      timeouts: { create: "30m", update: "10m", delete: "30m", read: "5m" },
      async inspect(call, { name, node }, was) {
        if (name === undefined || node === undefined) return [];
        const problems = declaredTwice(session, call, "name", `CephFS ${name} belongs to`);
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        problems.push(...sshProblems(pve, `removing CephFS ${name}`));
        if (was?.name === name) return problems;
        try {
          const there = await ifThere(() => readFileSystems(pve, node));
          if (there?.some((one) => one.name === name)) {
            call.report.result(`CephFS ${name} is there; it is taken over`);
            return problems;
          }
          const pools = there === undefined ? [] : await readPools(pve, node);
          const inWay = pools.filter((pool) => pool.name === `${name}_data` || pool.name === `${name}_metadata`);
          if (inWay.length > 0)
            problems.push({
              path: "name",
              message:
                `there is pool ${inWay.map((pool) => pool.name).join(", ")} already, and no CephFS ${name}; write another ` +
                "name, or remove it by hand when nothing is in it",
            });
          return problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `Ceph's file systems cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, id) {
        const [, node = "", name = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
        if (name === "") throw new Error(`write node and name of the file system, such as echo/cephfs, not ${id}`);
        const pve = await session.node(call, node);
        const found = (await readFileSystems(pve, node)).find((one) => one.name === name);
        if (!found) throw new Error(`there is no CephFS ${name}`);
        return { id, outputs: stateOf(name, node, await readFsid(pve, node), found) };
      },
      async observe(call, at, wanted) {
        const node = wanted.node ?? at.node;
        const pve = await session.node(call, node);
        await assertFsid(pve, node, at.fsid, `CephFS ${at.name}`);
        const found = (await readFileSystems(pve, node)).find(isSame(at));
        return found && { inputs: { ...wanted, name: at.name }, outputs: stateOf(at.name, node, at.fsid, found) };
      },
      async ensure(call, inputs, made) {
        const { node, name = "" } = inputs;
        const pve = await session.node(call, node);
        return pve.limits(["ceph:pools"], call, async () => {
          const fsid = await readFsid(pve, node);
          const before = await readHealth(pve, node);
          const look = async () => (await readFileSystems(pve, node)).find((one) => one.name === name);
          const there = await look();
          const found = there ?? (await create(pve, call, inputs, look));
          const at = stateOf(name, node, fsid, found);
          made(name, at);
          if (!there)
            await untilHealthy(pve, call, node, {
              ...{ what: `CephFS ${name}`, before, clean: true },
              also: async () =>
                (await metadataServers(pve, node)).some(({ state }) => state === "up:active")
                  ? undefined
                  : "no metadata server is active",
            });
          call.report.result(`${there ? "took over " : ""}CephFS ${name}`);
          return { id: name, at };
        });
      },
      async remove(call, at, settings) {
        const node = settings.node ?? at.node;
        const pve = await session.node(call, node);
        await pve.limits(["ceph:pools"], call, () => remove(pve, call, { ...at, node }, settings));
      },
    },
    session,
  );
};

async function create(
  pve: Pve,
  call: Call,
  { node, name = "", pgNum }: CephFsInputs,
  look: () => Promise<FileSystem | undefined>,
): Promise<FileSystem> {
  await pve.until(
    "a metadata server that is free",
    async () => {
      const free = (await metadataServers(pve, node)).some(({ state }) => state === "up:standby");
      return free ? { done: true } : { pending: "none is on standby; CephMds makes one" };
    },
    Math.min(60_000, call.remainingMs()),
  );
  try {
    await pve.task(
      call,
      `making CephFS ${name}`,
      async () =>
        (await look())
          ? null
          : pve.api.nodes
              .$(node)
              .ceph.fs.$(name)
              .$post(pgNum === undefined ? {} : { pg_num: pgNum }),
      async () => (await look()) !== undefined,
    );
  } catch (error) {
    if (!isProxmoxError(error, "unavailable") || !(await look())) throw error;
  }
  const found = await look();
  if (!found) throw new Error(`CephFS ${name} is not there, although Proxmox reported no error`);
  return found;
}

/** Proxmox's own deletion waits for no metadata server, and 9.1 has none: so it is failed and removed by Ceph's program. */
async function remove(pve: Pve, call: Call, at: CephFsState, settings: Partial<CephFsInputs>): Promise<void> {
  const { node, name } = at;
  const look = async (): Promise<FileSystem | undefined> => {
    await assertFsid(pve, node, at.fsid, `CephFS ${name}`);
    return (await readFileSystems(pve, node)).find(isSame(at));
  };
  const pools = async () =>
    (await readPools(pve, node)).filter(
      ({ id, name: pool }) =>
        (id === at.metadataPoolId && pool === at.metadataPool) || (id === at.dataPoolId && pool === at.dataPool),
    );
  const found = await look();
  if (!found && (await pools()).length === 0) return call.report.result(`CephFS ${name} is gone already`);
  const users = wire
    .list(await pve.api.storage.$get())
    .filter((row) => row["type"] === "cephfs" && row["monhost"] === undefined)
    .filter((row) => (wire.string(row["fs-name"]) ?? "cephfs") === name)
    .map((row) => wire.string(row["storage"]) ?? "");
  if (users.length > 0)
    throw new Error(
      `CephFS ${name} not removed, nothing was touched: storage ${users.join(", ")} uses it; remove that first`,
    );
  if (settings.removal?.acceptDataLoss !== name)
    throw new Error(
      `CephFS ${name} not removed, nothing was touched: all files in it would be lost. To remove it, write removal: ` +
        `{ acceptDataLoss: "${name}" }, run up, and then remove it; or keep it (retainOnDelete)`,
    );
  if (found && found.dataPools.length > 1)
    throw new Error(
      `CephFS ${name} not removed, nothing was touched: it has more pools than this resource made: ` +
        `${found.dataPools.map((pool) => pool.name).join(", ")}; remove it by hand`,
    );
  if (found) {
    await call.safePoint();
    call.report.progress(`removing CephFS ${name}`);
    await failFileSystem(pve, call, node, name);
    if (!(await look())) throw new Error(`CephFS ${name} is another one now; its pools were not touched`);
    await removeFileSystem(pve, call, node, name);
    if (await look()) throw new Error(`CephFS ${name} is still there, although Ceph reported no error`);
  }
  for (const pool of await pools())
    await pve.task(call, `removing pool ${pool.name}`, async () =>
      (await pools()).some(({ id }) => id === pool.id)
        ? pve.api.nodes.$(node).ceph.pool.$(pool.name).$delete({})
        : null,
    );
  const left = await pools();
  if (left.length > 0)
    throw new Error(
      `pool ${left.map((pool) => pool.name).join(", ")} is still there, although Proxmox reported no error`,
    );
}
