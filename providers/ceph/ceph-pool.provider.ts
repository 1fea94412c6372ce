import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import { comingStorages } from "../kernel/session/coming-storages";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { suggestion } from "../kernel/state/problems";
import { cephPoolModel, type CephPoolInputs } from "./ceph-pool.model";
import { untilListed } from "../storage/listed-storages";
import { untilHealthy, readHealth } from "./ceph-health";
import { sshProblems } from "./over-ssh";
import { assertFsid, readFsid, readPools } from "./pools/pool-rows";
import { sharedInPreview } from "./preview-look";
import { ifThere } from "./readiness";
import { pairIn, readCompression, refuseOther, whyOther, type Pair, type PoolState } from "./pools/taken-over";
import { problemsOfPlacement, untilPlaces } from "./pools/pool-placement";
import { applyValues, createPool, hasStorage, pairAt } from "./pools/make-pool";
import { removePool } from "./pools/remove-pool";
import { liveValues } from "./pools/pool-values";

export const cephPoolProvider = (session: Session) => {
  return define<CephPoolInputs, PoolState>(
    {
      kind: "CephPool",
      model: cephPoolModel,
      outputs: ["name", "node", "fsid", "pool", "poolId", "dataPool", "dataPoolId"],
      timeouts: { create: "30m", update: "30m", delete: "30m", read: "5m" },
      async inspect(call, inputs, was) {
        const { name, node } = inputs;
        if (name === undefined || node === undefined) return [];
        if (inputs.addStorages === true) comingStorages(session).add(name);
        const problems = declaredTwice(session, call, "name", `pool ${name} belongs to`, `pool ${name}`);
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        const overSsh = inputs.compression !== undefined ? "compression of pools" : "pools of one copy";
        if (inputs.compression !== undefined || inputs.size === 1) problems.push(...sshProblems(pve, overSsh));
        try {
          const there = await ifThere(async () => ({
            rows: await sharedInPreview(session, pve, call, `pools of ${node}`, (at) => readPools(at, node)),
            fsid: await sharedInPreview(session, pve, call, `fsid of ${node}`, (at) => readFsid(at, node)),
          }));
          if (!there) return problems;
          const pair = pairIn(there.rows, inputs);
          if (was?.name !== name) problems.push(...(await tellOfPool(pve, call, inputs, node, pair)));
          return [...problems, ...(await problemsOfPlacement(session, pve, node, inputs, was, there.rows))];
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `Ceph's pools cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, id) {
        const [, node = "", name = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
        if (name === "") throw new Error(`write node and name of the pool, such as echo/vm_ssd, not ${id}`);
        const pve = await session.node(call, node);
        const rows = await readPools(pve, node);
        const pair = pairIn(rows, { name }) ?? pairIn(rows, { name, erasureCoding: { k: 2, m: 1 } });
        if (!pair)
          throw new Error(
            `there is no pool ${name}${suggestion(
              name,
              rows.map((row) => row.name),
            )}`,
          );
        return { id, outputs: pairAt({ name, node }, await readFsid(pve, node), pair) };
      },
      async observe(call, at, wanted) {
        const node = wanted.node ?? at.node;
        const pve = await session.node(call, node);
        await assertFsid(pve, node, at.fsid, `pool ${at.name}`);
        const rows = await readPools(pve, node);
        // Under the name of a pool that is gone there may be another one; numbers are never given out again.
        const main = rows.find(({ id, name }) => id === at.poolId && name === at.pool);
        const data = at.dataPoolId === undefined ? undefined : rows.find(({ id }) => id === at.dataPoolId);
        if (!main && !data) return undefined;
        if (!main || (at.dataPoolId !== undefined && !data))
          throw new Error(
            `of the pools ${at.pool} and ${at.dataPool} only one is left, and neither is of use without the other; look at ` +
              "it by hand, and then run pulumi state delete",
          );
        const compression = wanted.compression && (await readCompression(pve, call, node, (data ?? main).name));
        const inputs = {
          ...wanted,
          ...liveValues(main, wanted),
          name: at.name,
          erasureCoding: data ? wanted.erasureCoding : undefined,
          ...(wanted.compression ? { compression } : {}),
          ...(wanted.addStorages ? { addStorages: await hasStorage(pve, at) } : {}),
        };
        return { inputs, outputs: { ...at, node } };
      },
      async ensure(call, inputs, made) {
        const { node, name = "" } = inputs;
        const pve = await session.node(call, node);
        // The limit of PGs counts all pools: one at a time.
        return pve.limits([pools], call, async () => {
          const fsid = await readFsid(pve, node);
          const before = await readHealth(pve, node);
          const found = pairIn(await readPools(pve, node), inputs);
          let known: Pair;
          if (found) {
            await refuseOther(pve, call, inputs, node, found);
            known = found;
          } else {
            await untilPlaces(pve, call, inputs, node);
            known = await createPool(pve, call, inputs, (pair) => made(name, pairAt({ name, node }, fsid, pair)));
          }
          const at = pairAt({ name, node }, fsid, known);
          made(name, at);
          if (!found) await untilHealthy(pve, call, node, { what: `pool ${name}`, before, clean: true });
          call.report.result(`${found ? "took over " : ""}pool ${name}`);
          return { id: name, at };
        });
      },
      async sync(call, at, inputs, was) {
        const { node } = inputs;
        const pve = await session.node(call, node);
        await pve.limits([pools], call, async () => {
          await assertFsid(pve, node, at.fsid, `pool ${at.name}`);
          await applyValues(pve, call, at, inputs, was);
          if (inputs.addStorages === true && was.addStorages !== true) await untilListed(pve, at.name, true);
        });
        return { ...at, node };
      },
      async remove(call, at, settings) {
        const node = settings.node ?? at.node;
        const pve = await session.node(call, node);
        await pve.limits([pools], call, async () => {
          await removePool(pve, call, { ...at, node }, settings);
          if (settings.addStorages === true) await untilListed(pve, at.name, false);
        });
      },
    },
    session,
  );
};

/** One after the other: each changes how many PGs the OSDs have, and waits for Ceph to be whole again. */
const pools = "ceph:pools";

/** What the preview says of a pool that is there, or will be. */
async function tellOfPool(
  pve: Pve,
  call: Call,
  inputs: Partial<CephPoolInputs>,
  node: string,
  pair: Pair | undefined,
): Promise<Problem[]> {
  const { name = "" } = inputs;
  if (!pair) return [];
  const other = await whyOther(pve, call, inputs, node, pair);
  if (other.refused !== undefined) return [{ path: "name", message: other.refused }];
  call.report.result(
    other.differs.length === 0
      ? `pool ${name} is there as described; it is taken over`
      : `pool ${name} is there, and brought to the description: ${other.differs.join(", ")}`,
  );
  return [];
}
